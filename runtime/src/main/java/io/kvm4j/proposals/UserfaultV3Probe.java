package io.kvm4j.proposals;

import static io.kvm4j.uapi.proposals.userfault_v3.UserfaultV3Constants.KVM_CAP_USERFAULT;
import static io.kvm4j.uapi.proposals.userfault_v3.UserfaultV3Constants.KVM_MEM_USERFAULT;

import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.proposals.userfault_v3.KvmUserspaceMemoryRegion2;
import io.kvm4j.uapi.proposals.userfault_v3.UserfaultVmIoctls;

/**
 * Tells a kernel with the proposal from mainline, where its number is an arm64 capability's, and from EXIT_ON_MISSING, whose
 * slot flag is the same bit: only this proposal takes a bitmap with it, and refuses one that nobody could read.
 */
public final class UserfaultV3Probe {
    /** An address that is not canonical, so that no bitmap can be there. */
    private static final long NOWHERE = 1L << 63;

    private UserfaultV3Probe() {}

    /** Asks a VM without memory, and leaves a slot behind if the answer is yes. */
    public static boolean isSupportedBy(KvmVmIoctls scratch, UserfaultVmIoctls proposed) {
        return scratch.checkExtension(KVM_CAP_USERFAULT) > 0
                && !SlotFlagProbe.accepts(scratch, KVM_MEM_USERFAULT)
                && !takesBitmapAt(proposed, NOWHERE)
                && takesBitmap(proposed);
    }

    private static boolean takesBitmap(UserfaultVmIoctls proposed) {
        return SlotFlagProbe.accepts((page, call) ->
                proposed.setUserMemoryRegion2(KvmUserspaceMemoryRegion2.allocate(call)
                        .flags((int) KVM_MEM_USERFAULT)
                        .memorySize(page.segment().byteSize())
                        .userspaceAddr(page.segment().address())
                        .userfaultBitmap(call.allocate(Long.BYTES, Long.BYTES).address())));
    }

    private static boolean takesBitmapAt(UserfaultVmIoctls proposed, long address) {
        return SlotFlagProbe.accepts(
                (page, call) -> proposed.setUserMemoryRegion2(KvmUserspaceMemoryRegion2.allocate(call)
                        .flags((int) KVM_MEM_USERFAULT)
                        .memorySize(page.segment().byteSize())
                        .userspaceAddr(page.segment().address())
                        .userfaultBitmap(address)));
    }
}
