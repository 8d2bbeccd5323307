package io.kvm4j.examples.paging;

/** The guest found something in its memory that it must not find. */
public final class WrongContentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongContentException(int vcpu, long gpa, long found) {
        super("vCPU %d found 0x%016x at gpa 0x%x instead of 0x%016x"
                .formatted(vcpu, found, gpa, gpa + TouchingGuest.KEY));
    }
}
