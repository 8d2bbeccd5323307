package io.kvm4j;

import io.kvm4j.uapi.CallState;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import java.lang.foreign.Arena;

/**
 * KVM_RUN by the kernel.
 *
 * @param fd the vCPU's descriptor
 * @param state the vCPU's own, so that no thread's need be looked up at each exit
 */
record KernelRunCall(int fd, CallState state) implements RunCall {
    KernelRunCall(int fd) {
        this(fd, CallState.allocate(Arena.ofAuto()));
    }

    @Override
    public int attempt() {
        return IoctlCall.attempt(fd, KvmConstants.KVM_RUN, 0);
    }

    @Override
    public int call() {
        return IoctlCall.call(state, fd, KvmConstants.KVM_RUN, 0);
    }
}
