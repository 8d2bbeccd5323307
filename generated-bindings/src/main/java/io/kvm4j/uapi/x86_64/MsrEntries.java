package io.kvm4j.uapi.x86_64;

import java.lang.foreign.SegmentAllocator;
import java.util.OptionalLong;

/** Makes what {@link X86VcpuIoctls#getMsrs} and {@link X86VcpuIoctls#setMsrs} take, and finds values in it. */
public final class MsrEntries {
    private MsrEntries() {}

    /** Entries for some MSRs, with values of 0. */
    public static KvmMsrs of(SegmentAllocator allocator, int... msrs) {
        KvmMsrs entries = KvmMsrs.allocate(allocator, msrs.length);
        for (int i = 0; i < msrs.length; i++) {
            entries.entry(i).index(msrs[i]);
        }
        return entries;
    }

    /**
     * Entries for some of the MSRs of a list, with values of 0.
     *
     * @param from the first of the list
     * @param count how many; a request takes 255 at most
     */
    public static KvmMsrs of(SegmentAllocator allocator, KvmMsrList list, int from, int count) {
        KvmMsrs entries = KvmMsrs.allocate(allocator, count);
        for (int i = 0; i < count; i++) {
            entries.entry(i).index(list.entry(from + i));
        }
        return entries;
    }

    /** The value of an MSR, if there is an entry for it. */
    public static OptionalLong find(KvmMsrs entries, int msr) {
        for (int i = 0; i < entries.nmsrs(); i++) {
            if (entries.entry(i).index() == msr) {
                return OptionalLong.of(entries.entry(i).data());
            }
        }
        return OptionalLong.empty();
    }
}
