package io.kvm4j;

/** KVM_RUN of one vCPU. For one thread at a time, like the vCPU. */
interface RunCall {
    /** Returns what KVM_RUN returned: {@link io.kvm4j.uapi.IoctlCall#FAILED} if it failed. The faster one. */
    int attempt();

    /** Returns what KVM_RUN returned, {@code -errno} if it failed. */
    int call();
}
