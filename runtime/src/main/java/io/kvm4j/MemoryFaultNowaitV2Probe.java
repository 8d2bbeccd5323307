package io.kvm4j;

import static io.kvm4j.uapi.proposals.memory_fault_nowait_v2.MemoryFaultNowaitV2Constants.KVM_MEM_ABSENT_MAPPING_FAULT;

import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.proposals.memory_fault_nowait_v2.ProposedCapability;
import java.lang.foreign.Arena;

/**
 * Tells a kernel with the proposal from mainline. Its two numbers may be other capabilities there, but mainline refuses
 * its slot flag in KVM_SET_USER_MEMORY_REGION: the flag's bit is that of guest_memfd, which takes the ioctl's successor.
 */
final class MemoryFaultNowaitV2Probe {
    private static final long PAGE = 4096;

    private MemoryFaultNowaitV2Probe() {}

    /** Asks a VM without memory, and leaves a slot behind if the answer is yes. */
    static boolean isSupportedBy(Vm scratch) {
        return ProposedCapability.known().stream()
                        .allMatch(c -> scratch.ioctls().checkExtension(c.number()) > 0)
                && acceptsFlag(scratch);
    }

    private static boolean acceptsFlag(Vm scratch) {
        Mapping page = Mapping.anonymous(PAGE);
        try (Arena call = Arena.ofConfined()) {
            scratch.ioctls()
                    .setUserMemoryRegion(KvmUserspaceMemoryRegion.allocate(call)
                            .flags((int) KVM_MEM_ABSENT_MAPPING_FAULT)
                            .memorySize(PAGE)
                            .userspaceAddr(page.segment().address()));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        } finally {
            page.close();
        }
    }
}
