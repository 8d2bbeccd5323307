package io.kvm4j.fault;

/** The same page faults again and again though it is there: resolving it any longer would never end. */
public final class RepeatedFaultException extends PagingException {
    private static final long serialVersionUID = 1;

    private final long gpa;

    RepeatedFaultException(long gpa, long times) {
        super("the page at gpa 0x%x has faulted %d times in a row though it is there".formatted(gpa, times));
        this.gpa = gpa;
    }

    /** The guest physical address of the page. */
    public long gpa() {
        return gpa;
    }
}
