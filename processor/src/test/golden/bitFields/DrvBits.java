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
 * A view of {@code struct drv_bits}, 24 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_bits {
 *     __u32 low : 3;
 *     __u32 high : 29;
 *     __s8 tiny;
 *     __u16 wide;
 *     __s32 delta : 5;
 *     __u64 big : 40;
 *     __u64 whole : 64;
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_bits",
        size = 24
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvBits extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    MemoryLayout.paddingLayout(4),
                    ValueLayout.JAVA_BYTE.withName("tiny"),
                    MemoryLayout.paddingLayout(1),
                    ValueLayout.JAVA_SHORT.withName("wide"),
                    MemoryLayout.paddingLayout(16)).withName("drv_bits").withByteAlignment(8),
            24,
            8,
            4, 6);

    private DrvBits(MemorySegment memory, long base, long size) {
        super(memory, base, size);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvBits allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 24 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvBits of(MemorySegment segment) {
        return new DrvBits(fixed(segment, LAYOUT), 0, 24);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvBits within(MemorySegment memory, long base) {
        return new DrvBits(memory, base, 24);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    /**
     * Copies all of another one, padding included.
     */
    public DrvBits copyFrom(DrvBits other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u32 low : 3}, at byte 0, unsigned.
     */
    public int low() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base) & 0x7;
    }

    /**
     * Sets {@code __u32 low : 3}.
     */
    public DrvBits low(int value) {
        requireRange("low", value, 0L, 7L);
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base, (memory.get(ValueLayout.JAVA_INT_UNALIGNED, base) & ~0x7 | (value & 0x7)));
        return this;
    }

    /**
     * {@code __u32 high : 29}, at byte 0, unsigned.
     */
    public int high() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base) >>> 3 & 0x1fffffff;
    }

    /**
     * Sets {@code __u32 high : 29}.
     */
    public DrvBits high(int value) {
        requireRange("high", value, 0L, 536870911L);
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base, (memory.get(ValueLayout.JAVA_INT_UNALIGNED, base) & ~(0x1fffffff << 3) | ((value & 0x1fffffff) << 3)));
        return this;
    }

    /**
     * {@code __s8 tiny}, at byte 4, signed.
     */
    public int tiny() {
        return memory.get(ValueLayout.JAVA_BYTE, base + 4);
    }

    /**
     * Sets {@code __s8 tiny}.
     */
    public DrvBits tiny(int value) {
        requireRange("tiny", value, -128, 127);
        memory.set(ValueLayout.JAVA_BYTE, base + 4, (byte) value);
        return this;
    }

    /**
     * {@code __u16 wide}, at byte 6, unsigned.
     */
    public int wide() {
        return Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, base + 6));
    }

    /**
     * Sets {@code __u16 wide}.
     */
    public DrvBits wide(int value) {
        requireRange("wide", value, 0, 65535);
        memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, base + 6, (short) value);
        return this;
    }

    /**
     * {@code __s32 delta : 5}, at byte 8, signed.
     */
    public int delta() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 8) << 27 >> 27;
    }

    /**
     * Sets {@code __s32 delta : 5}.
     */
    public DrvBits delta(int value) {
        requireRange("delta", value, -16L, 15L);
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 8, (memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 8) & ~0x1f | (value & 0x1f)));
        return this;
    }

    /**
     * {@code __u64 big : 40}, at byte 8, unsigned.
     */
    public long big() {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 8) >>> 5 & 0xffffffffffL;
    }

    /**
     * Sets {@code __u64 big : 40}.
     */
    public DrvBits big(long value) {
        requireRange("big", value, 0L, 1099511627775L);
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 8, (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 8) & ~(0xffffffffffL << 5) | ((value & 0xffffffffffL) << 5)));
        return this;
    }

    /**
     * {@code __u64 whole : 64}, at byte 16, unsigned.
     */
    public long whole() {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 16);
    }

    /**
     * Sets {@code __u64 whole : 64}.
     */
    public DrvBits whole(long value) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 16, value);
        return this;
    }
}
