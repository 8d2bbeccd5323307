package io.kvm4j.uapi.x86_64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Which MSRs a guest may read and write, for {@link X86VmIoctls#x86SetMsrFilter}: up to {@code KVM_MSR_FILTER_MAX_RANGES}
 * ranges, each with a bit for every MSR, and a rule for all others. The kernel copies it, so that the memory may go once
 * it is set. Not safe for use by several threads.
 */
public final class MsrFilter {
    private final SegmentAllocator allocator;
    private final KvmMsrFilter filter;
    private final List<MemorySegment> bitmaps = new ArrayList<>();

    private MsrFilter(SegmentAllocator allocator, int flags) {
        this.allocator = allocator;
        this.filter = KvmMsrFilter.allocate(allocator).flags(flags);
    }

    /** A filter that allows what no range holds. */
    public static MsrFilter allowingOthers(SegmentAllocator allocator) {
        return new MsrFilter(allocator, X86Constants.KVM_MSR_FILTER_DEFAULT_ALLOW);
    }

    /** A filter that denies what no range holds. The kernel wants at least one range. */
    public static MsrFilter denyingOthers(SegmentAllocator allocator) {
        return new MsrFilter(allocator, X86Constants.KVM_MSR_FILTER_DEFAULT_DENY);
    }

    /**
     * Adds a range, none of whose MSRs the guest may access until {@link #allow} says so.
     *
     * @param first the range's first MSR
     * @param count the number of MSRs, from 1 to 8 times {@code KVM_MSR_FILTER_MAX_BITMAP_SIZE}
     * @param accesses the accesses that the range is about, reads, writes or both
     * @throws IllegalArgumentException if the count is not as above, or the filter is full
     */
    public MsrFilter range(int first, int count, MsrFilterRangeFlag... accesses) {
        if (count < 1 || count > X86Constants.KVM_MSR_FILTER_MAX_BITMAP_SIZE * Byte.SIZE) {
            throw new IllegalArgumentException("a range of %d MSRs: there can be 1 to %d"
                    .formatted(count, X86Constants.KVM_MSR_FILTER_MAX_BITMAP_SIZE * Byte.SIZE));
        }
        if (bitmaps.size() == X86Constants.KVM_MSR_FILTER_MAX_RANGES) {
            throw new IllegalArgumentException("a filter has %d ranges at most".formatted(bitmaps.size()));
        }
        MemorySegment bitmap = allocator.allocate((count + Long.SIZE - 1) / Long.SIZE * (long) Long.BYTES, Long.BYTES);
        bitmap.fill((byte) 0);
        filter.ranges(bitmaps.size()).flags(accesses).base(first).nmsrs(count).bitmap(bitmap.address());
        bitmaps.add(bitmap);
        return this;
    }

    /**
     * Allows an MSR in every range that holds it.
     *
     * @throws IllegalArgumentException if no range does
     */
    public MsrFilter allow(int msr) {
        boolean held = false;
        for (int i = 0; i < bitmaps.size(); i++) {
            KvmMsrFilterRange range = filter.ranges(i);
            long bit = Integer.toUnsignedLong(msr) - Integer.toUnsignedLong(range.base());
            if (bit >= 0 && bit < range.nmsrs()) {
                MemorySegment bitmap = bitmaps.get(i);
                int others = bitmap.get(ValueLayout.JAVA_BYTE, bit / Byte.SIZE);
                bitmap.set(ValueLayout.JAVA_BYTE, bit / Byte.SIZE, (byte) (others | 1 << bit % Byte.SIZE));
                held = true;
            }
        }
        if (!held) {
            throw new IllegalArgumentException("no range holds MSR 0x%x".formatted(msr));
        }
        return this;
    }

    /** What the ioctl takes. Its memory, and that of its ranges, is the allocator's. */
    public KvmMsrFilter struct() {
        return filter;
    }
}
