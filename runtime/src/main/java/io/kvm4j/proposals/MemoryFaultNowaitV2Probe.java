package io.kvm4j.proposals;

import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_MEM_ABSENT_MAPPING_FAULT;

import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.proposals.memory_fault_nowait_v2.ProposedCapability;

/**
 * Tells a kernel with the proposal from mainline. Its two numbers may be other capabilities there, but mainline refuses
 * its slot flag in KVM_SET_USER_MEMORY_REGION: the flag's bit is that of guest_memfd, which takes the ioctl's successor.
 * Nothing is enabled to find out: on arm64 that would set what mainline has under the second number.
 */
public final class MemoryFaultNowaitV2Probe {
    private MemoryFaultNowaitV2Probe() {}

    /** Asks a VM without memory, and leaves a slot behind if the answer is yes. */
    public static boolean isSupportedBy(KvmVmIoctls scratch) {
        return ProposedCapability.known().stream().allMatch(c -> scratch.checkExtension(c.number()) > 0)
                && SlotFlagProbe.accepts(scratch, KVM_MEM_ABSENT_MAPPING_FAULT);
    }
}
