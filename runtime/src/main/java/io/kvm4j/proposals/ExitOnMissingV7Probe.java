package io.kvm4j.proposals;

import static io.kvm4j.uapi.KvmConstants.KVM_MEM_READONLY;
import static io.kvm4j.uapi.proposals.exit_on_missing_v7.ExitOnMissingV7Constants.KVM_CAP_EXIT_ON_MISSING;
import static io.kvm4j.uapi.proposals.exit_on_missing_v7.ExitOnMissingV7Constants.KVM_MEM_EXIT_ON_MISSING;

import io.kvm4j.uapi.KvmVmIoctls;

/**
 * Tells a kernel with the proposal from mainline, where its number is KVM_CAP_PRE_FAULT_MEMORY's, and from KVM Userfault,
 * whose slot flag is the same bit: only this proposal takes it in KVM_SET_USER_MEMORY_REGION, and never for memory that the
 * guest may only read.
 */
public final class ExitOnMissingV7Probe {
    private ExitOnMissingV7Probe() {}

    /** Asks a VM without memory, and leaves a slot behind if the answer is yes. */
    public static boolean isSupportedBy(KvmVmIoctls scratch) {
        return scratch.checkExtension(KVM_CAP_EXIT_ON_MISSING) > 0
                && !SlotFlagProbe.accepts(scratch, KVM_MEM_EXIT_ON_MISSING | KVM_MEM_READONLY)
                && SlotFlagProbe.accepts(scratch, KVM_MEM_EXIT_ON_MISSING);
    }
}
