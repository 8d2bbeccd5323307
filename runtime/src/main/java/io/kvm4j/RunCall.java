package io.kvm4j;

import io.kvm4j.uapi.CallState;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import java.lang.foreign.Arena;
import java.util.function.IntSupplier;

/**
 * Calls KVM_RUN and returns what it returned, {@code -errno} if it failed. For one thread at a time, like the vCPU, so that
 * no thread's own memory need be looked up at each exit.
 */
final class RunCall implements IntSupplier {
    private final CallState state = CallState.allocate(Arena.ofAuto());
    private final int fd;

    /** @param fd the vCPU's descriptor */
    RunCall(int fd) {
        this.fd = fd;
    }

    @Override
    public int getAsInt() {
        return IoctlCall.call(state, fd, KvmConstants.KVM_RUN, 0);
    }
}
