// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv;

import io.kvm4j.uapi.CType;
import io.kvm4j.uapi.Struct;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import javax.annotation.processing.Generated;

/**
 * A view of {@code struct drv_list}, 8 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_list {
 *     __u32 nent;
 *     __u32 pad;
 *     struct drv_region entries[];
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_list",
        size = 8
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvList extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("nent"),
                    ValueLayout.JAVA_INT.withName("pad"),
                    MemoryLayout.sequenceLayout(0, DrvRegion.LAYOUT).withName("entries")).withName("drv_list"),
            8,
            8,
            0, 4, 8);

    private final DrvRegion entry;

    private DrvList(MemorySegment memory, long base, long size) {
        super(memory, base, size);
        entry = DrvRegion.within(memory, base + 8);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvList allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * Allocates a zeroed struct with room for {@code count} elements of {@code struct drv_region entries[]}, and sets {@code nent}.
     */
    public static DrvList allocate(SegmentAllocator allocator, int count) {
        return of(allocateFlexible(allocator, LAYOUT, 8, 16, count)).nent(count);
    }

    /**
     * A view of memory, all that lies behind the fixed part being the flexible array.
     *
     * @throws IllegalArgumentException if the segment is smaller than {@link #LAYOUT}, or not aligned for it
     */
    public static DrvList of(MemorySegment segment) {
        return new DrvList(flexible(segment, LAYOUT), 0, segment.byteSize());
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvList within(MemorySegment memory, long base) {
        return new DrvList(memory, base, Math.max(0, memory.byteSize() - base));
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    @Override
    protected void moveTo(long newBase) {
        super.moveTo(newBase);
        move(entry, newBase + 8);
    }

    /**
     * How many elements of {@code struct drv_region entries[]} the memory has room for.
     */
    public int capacity() {
        return capacity(8, 16);
    }

    /**
     * Copies another one: its fields, and as many elements of {@code struct drv_region entries[]} as its {@code nent} says.
     * What lies behind them stays as it is.
     *
     * @throws IllegalArgumentException if there is no room for them here
     */
    public DrvList copyFrom(DrvList other) {
        copyCounted(other, 8, 16, Integer.toUnsignedLong(other.nent()));
        return this;
    }

    /**
     * {@code __u32 nent}, at byte 0, unsigned.
     */
    public int nent() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base);
    }

    /**
     * Sets {@code __u32 nent}.
     */
    public DrvList nent(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base, value);
        return this;
    }

    /**
     * {@code __u32 pad}, at byte 4, unsigned.
     */
    public int pad() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4);
    }

    /**
     * Sets {@code __u32 pad}.
     */
    public DrvList pad(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4, value);
        return this;
    }

    /**
     * An element of {@code struct drv_region entries[]}, at byte 8. The view is the same each time, moved to the element.
     */
    public DrvRegion entry(int index) {
        move(entry, base + 8 + 16L * Objects.checkIndex(index, capacity(8, 16)));
        return entry;
    }

    /**
     * The memory of {@code struct drv_region entries[]}, at byte 8. A new slice each time.
     */
    public MemorySegment entry() {
        return memory.asSlice(base + 8);
    }
}
