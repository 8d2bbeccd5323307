package io.kvm4j.uapi.x86_64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which MSRs a guest may read and write, for {@link X86VmIoctls#x86SetMsrFilter}: up to {@code KVM_MSR_FILTER_MAX_RANGES}
 * ranges, each with a bit for every MSR, and a rule for all others. Where ranges overlap, the first one that is about an
 * access decides. The kernel copies it, so that the memory may go once it is set. Not safe for use by several threads.
 *
 * <p>KVM never filters the MSRs of the x2APIC, 0x800 to 0x8ff, whatever the filter says: the guest always has access to
 * them once it turns its x2APIC on. Therefore ranges that hold one of them are refused.
 */
public final class MsrFilter {
    private static final long LAST_MSR = 0xffff_ffffL;
    private static final long FIRST_X2APIC = 0x800;
    private static final long LAST_X2APIC = 0x8ff;
    private static final int MAX_COUNT = X86Constants.KVM_MSR_FILTER_MAX_BITMAP_SIZE * Byte.SIZE;
    private static final MsrFilterRangeFlags EVERY_ACCESS = MsrFilterRangeFlags.of(MsrFilterRangeFlag.values());

    /** What a range has in {@link #toBytes} before its bits: the accesses, the first MSR, and how many there are. */
    private static final int RANGE_BYTES = 3 * Integer.BYTES;

    private final SegmentAllocator allocator;
    private final KvmMsrFilter filter;
    private final List<Range> ranges = new ArrayList<>();

    private MsrFilter(SegmentAllocator allocator, int flags) {
        this.allocator = allocator;
        this.filter = KvmMsrFilter.allocate(allocator).flags(flags);
    }

    /** Some MSRs, the accesses that are decided by their bits, and these bits, which are set where the guest has access. */
    private record Range(long first, int count, long accesses, MemorySegment bitmap) {
        boolean holds(long msr, long access) {
            return (accesses & access) != 0 && msr >= first && msr < first + count;
        }

        Range about(long some, MemorySegment itsBitmap) {
            return new Range(first, count, some, itsBitmap);
        }

        void allow(long msr) {
            long bit = msr - first;
            int others = bitmap.get(ValueLayout.JAVA_BYTE, bit / Byte.SIZE);
            bitmap.set(ValueLayout.JAVA_BYTE, bit / Byte.SIZE, (byte) (others | 1 << bit % Byte.SIZE));
        }
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
     * @throws IllegalArgumentException if the count is not as above, no access is named, the range holds an MSR of the
     *     x2APIC or ends after MSR 0xffffffff, or the filter is full
     */
    public MsrFilter range(int first, int count, MsrFilterRangeFlag... accesses) {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("a range of %d MSRs: there can be 1 to %d".formatted(count, MAX_COUNT));
        }
        long start = Integer.toUnsignedLong(first);
        long last = start + count - 1;
        if (last > LAST_MSR) {
            throw new IllegalArgumentException(
                    "a range of %d MSRs from 0x%x: the last MSR is 0x%x".formatted(count, start, LAST_MSR));
        }
        if (accesses.length == 0) {
            throw new IllegalArgumentException(
                    "the range [0x%x, 0x%x] is about no access: name reads, writes or both".formatted(start, last));
        }
        refuseX2apic(start, last);
        requireRoom();
        ranges.add(new Range(start, count, MsrFilterRangeFlags.of(accesses).bits(), newBitmap(count)));
        return this;
    }

    private static void refuseX2apic(long first, long last) {
        if (first <= LAST_X2APIC && last >= FIRST_X2APIC) {
            throw new IllegalArgumentException(
                    "the range [0x%x, 0x%x] holds MSRs of the x2APIC, 0x800 to 0x8ff, which KVM never filters: leave them out%s"
                            .formatted(first, last, parts(first, last)));
        }
    }

    /** What is left of a range without the x2APIC, for people. */
    private static String parts(long first, long last) {
        String below = first < FIRST_X2APIC ? "[0x%x, 0x%x]".formatted(first, FIRST_X2APIC - 1) : "";
        String above = last > LAST_X2APIC ? "[0x%x, 0x%x]".formatted(LAST_X2APIC + 1, last) : "";
        String and = below.isEmpty() || above.isEmpty() ? "" : " and ";
        return below.isEmpty() && above.isEmpty() ? "" : ", as in " + below + and + above;
    }

    private void requireRoom() {
        if (ranges.size() == X86Constants.KVM_MSR_FILTER_MAX_RANGES) {
            throw new IllegalArgumentException("a filter has %d ranges at most".formatted(ranges.size()));
        }
    }

    private MemorySegment newBitmap(int count) {
        return allocator
                .allocate(Math.ceilDiv(count, Long.SIZE) * (long) Long.BYTES, Long.BYTES)
                .fill((byte) 0);
    }

    /**
     * Allows accesses to an MSR in every range that holds it and is about them. A range that is about reads and writes
     * becomes two ranges when only one of them is allowed.
     *
     * @param msr the MSR
     * @param accesses the accesses that the guest may make; none for all that the ranges with this MSR are about
     * @throws IllegalArgumentException if no range with this MSR is about one of the accesses, if the MSR is of the x2APIC,
     *     or if a range must become two and the filter is full
     */
    public MsrFilter allow(int msr, MsrFilterRangeFlag... accesses) {
        long index = Integer.toUnsignedLong(msr);
        if (index >= FIRST_X2APIC && index <= LAST_X2APIC) {
            throw new IllegalArgumentException(
                    "MSR 0x%x is of the x2APIC: KVM never filters it, and no range can hold it".formatted(index));
        }
        MsrFilterRangeFlags allowed = accesses.length == 0 ? EVERY_ACCESS : MsrFilterRangeFlags.of(accesses);
        requireHeld(index, allowed);
        for (MsrFilterRangeFlag access : accesses) {
            requireHeld(index, MsrFilterRangeFlags.of(access));
        }
        splitForOthers(index, allowed.bits());
        for (Range range : ranges) {
            if (range.holds(index, allowed.bits())) {
                range.allow(index);
            }
        }
        return this;
    }

    private void requireHeld(long msr, MsrFilterRangeFlags accesses) {
        if (ranges.stream().anyMatch(range -> range.holds(msr, accesses.bits()))) {
            return;
        }
        boolean isHeld = ranges.stream().anyMatch(range -> range.holds(msr, EVERY_ACCESS.bits()));
        throw new IllegalArgumentException(
                "no range holds MSR 0x%x".formatted(msr) + (isHeld ? " for %s".formatted(accesses) : ""));
    }

    /** Splits the ranges that hold an MSR for some accesses and for others too, since a range has one bit for both. */
    private void splitForOthers(long msr, long some) {
        for (int i = 0; i < ranges.size(); i++) {
            Range both = ranges.get(i);
            long others = both.accesses & ~some;
            if (both.holds(msr, some) && others != 0) {
                requireRoom();
                ranges.set(i, both.about(others, both.bitmap));
                ranges.add(
                        i + 1,
                        both.about(both.accesses & some, newBitmap(both.count).copyFrom(both.bitmap)));
            }
        }
    }

    /** What the ioctl takes: this filter as it is now. Its memory, and that of its ranges, is the allocator's. */
    public KvmMsrFilter struct() {
        for (int i = 0; i < ranges.size(); i++) {
            Range range = ranges.get(i);
            filter.ranges(i)
                    .flags((int) range.accesses)
                    .base((int) range.first)
                    .nmsrs(range.count)
                    .bitmap(range.bitmap.address());
        }
        return filter;
    }

    /** Returns the filter as bytes, for {@link #ofBytes}: all numbers are little-endian. */
    public byte[] toBytes() {
        long size = Integer.BYTES;
        for (Range range : ranges) {
            size += RANGE_BYTES + range.bitmap.byteSize();
        }
        ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(filter.flags());
        for (Range range : ranges) {
            out.putInt((int) range.accesses).putInt((int) range.first).putInt(range.count);
            out.put(range.bitmap.asByteBuffer());
        }
        return out.array();
    }

    /**
     * Reads a filter from bytes, which need not be trusted.
     *
     * @param allocator where its memory comes from
     * @throws IllegalArgumentException if they are not what {@link #toBytes} returns
     */
    public static MsrFilter ofBytes(SegmentAllocator allocator, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            MsrFilter made = new MsrFilter(allocator, in.getInt());
            while (in.hasRemaining()) {
                MsrFilterRangeFlag[] accesses = accesses(in.getInt());
                made.range(in.getInt(), in.getInt(), accesses);
                MemorySegment bitmap = made.ranges.getLast().bitmap;
                byte[] bits = new byte[(int) bitmap.byteSize()];
                in.get(bits);
                bitmap.copyFrom(MemorySegment.ofArray(bits));
            }
            return made;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the bytes of a filter of MSRs are cut off", e);
        }
    }

    private static MsrFilterRangeFlag[] accesses(int bits) {
        if ((bits & ~EVERY_ACCESS.bits()) != 0) {
            throw new IllegalArgumentException(
                    "a range of MSRs is about accesses 0x%x, known are 0x%x".formatted(bits, EVERY_ACCESS.bits()));
        }
        return Stream.of(MsrFilterRangeFlag.values())
                .filter(flag -> (bits & flag.mask()) != 0)
                .toArray(MsrFilterRangeFlag[]::new);
    }
}
