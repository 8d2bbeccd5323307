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
import javax.annotation.processing.Generated;

/**
 * A view of {@code struct drv_region}, 16 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_region {
 *     __u32 slot;
 *     __u32 flags;
 *     __u64 addr;
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_region",
        size = 16
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvRegion extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("slot"),
                    ValueLayout.JAVA_INT.withName("flags"),
                    ValueLayout.JAVA_LONG.withName("addr")).withName("drv_region"),
            16,
            8,
            0, 4, 8);

    private DrvRegion(MemorySegment memory, long base, long size) {
        super(memory, base, size);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvRegion allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 16 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvRegion of(MemorySegment segment) {
        return new DrvRegion(fixed(segment, LAYOUT), 0, 16);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvRegion within(MemorySegment memory, long base) {
        return new DrvRegion(memory, base, 16);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    /**
     * Copies all of another one, padding included.
     */
    public DrvRegion copyFrom(DrvRegion other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u32 slot}, at byte 0, unsigned.
     */
    public int slot() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base);
    }

    /**
     * Sets {@code __u32 slot}.
     */
    public DrvRegion slot(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base, value);
        return this;
    }

    /**
     * {@code __u32 flags}, at byte 4, unsigned.
     */
    public int flags() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4);
    }

    /**
     * Sets {@code __u32 flags}.
     */
    public DrvRegion flags(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4, value);
        return this;
    }

    /**
     * {@code __u32 flags} as {@link RegionFlags}.
     */
    public RegionFlags flagsSet() {
        return RegionFlags.ofBits(flags());
    }

    /**
     * Sets {@code __u32 flags}.
     */
    public DrvRegion flags(RegionFlags value) {
        flags(value.bitsWithin("drv_region.flags", 4));
        return this;
    }

    /**
     * Sets {@code __u32 flags}.
     */
    public DrvRegion flags(RegionFlag... value) {
        flags(RegionFlags.of(value).bitsWithin("drv_region.flags", 4));
        return this;
    }

    /**
     * {@code __u64 addr}, at byte 8, unsigned.
     */
    public long addr() {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 8);
    }

    /**
     * Sets {@code __u64 addr}.
     */
    public DrvRegion addr(long value) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 8, value);
        return this;
    }

    /**
     * {@code __u64 addr} as {@link Tasks}.
     */
    public Tasks addrSet() {
        return Tasks.ofBits(addr());
    }

    /**
     * Sets {@code __u64 addr}.
     */
    public DrvRegion addr(Tasks value) {
        addr(value.bits());
        return this;
    }

    /**
     * Sets {@code __u64 addr}.
     */
    public DrvRegion addr(Task... value) {
        addr(Tasks.of(value).bits());
        return this;
    }
}
