package io.kvm4j;

/** The loop of a vCPU's thread threw, whereupon all threads of its VM were stopped. The cause is what it threw. */
public final class VcpuLoopException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int vcpu;

    VcpuLoopException(int vcpu, Throwable cause) {
        super("the loop of vCPU %d failed: %s".formatted(vcpu, cause), cause);
        this.vcpu = vcpu;
    }

    /** The number of the vCPU. */
    public int vcpu() {
        return vcpu;
    }
}
