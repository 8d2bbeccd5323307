package io.kvm4j.proposals;

import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;

/** Finds out whether a VM takes a memory slot with certain flags. */
final class SlotFlagProbe {
    private SlotFlagProbe() {}

    /** Asks a VM without memory, and leaves slot 0 behind if the answer is yes. */
    static boolean accepts(KvmVmIoctls scratch, long flags) {
        return accepts((page, call) -> scratch.setUserMemoryRegion(KvmUserspaceMemoryRegion.allocate(call)
                .flags((int) flags)
                .memorySize(page.segment().byteSize())
                .userspaceAddr(page.segment().address())));
    }

    /** A way to make a slot of a page, with arguments that an arena is for. */
    interface Attempt {
        void make(Mapping page, Arena call);
    }

    /** Tries, with a page that nobody else has, and that the slot loses at once. */
    static boolean accepts(Attempt attempt) {
        try (Mapping page = Mapping.anonymous(Mapping.PAGE_SIZE);
                Arena call = Arena.ofConfined()) {
            attempt.make(page, call);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }
}
