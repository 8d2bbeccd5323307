// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769). Edit the spec, not this file.
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
 * A view of {@code struct drv_bits}, 8 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_bits {
 *     __u32 low : 3;
 *     __u32 high : 29;
 *     __s8 tiny;
 *     __u16 wide;
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_bits",
        size = 8
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
                    ValueLayout.JAVA_SHORT.withName("wide")).withName("drv_bits").withByteAlignment(4),
            8,
            4,
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
     * A view of the first 8 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvBits of(MemorySegment segment) {
        return new DrvBits(fixed(segment, LAYOUT), 0, 8);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvBits within(MemorySegment memory, long base) {
        return new DrvBits(memory, base, 8);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    /**
     * {@code __u32 low : 3}, at byte 0, unsigned.
     */
    public int low() {
        return memory.get(ValueLayout.JAVA_INT, base) & 0x7;
    }

    /**
     * Sets {@code __u32 low : 3}.
     */
    public DrvBits low(int value) {
        requireRange("low", value, 0L, 7L);
        memory.set(ValueLayout.JAVA_INT, base, (memory.get(ValueLayout.JAVA_INT, base) & ~0x7 | (value & 0x7)));
        return this;
    }

    /**
     * {@code __u32 high : 29}, at byte 0, unsigned.
     */
    public int high() {
        return memory.get(ValueLayout.JAVA_INT, base) >>> 3 & 0x1fffffff;
    }

    /**
     * Sets {@code __u32 high : 29}.
     */
    public DrvBits high(int value) {
        requireRange("high", value, 0L, 536870911L);
        memory.set(ValueLayout.JAVA_INT, base, (memory.get(ValueLayout.JAVA_INT, base) & ~(0x1fffffff << 3) | ((value & 0x1fffffff) << 3)));
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
        return Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT, base + 6));
    }

    /**
     * Sets {@code __u16 wide}.
     */
    public DrvBits wide(int value) {
        requireRange("wide", value, 0, 65535);
        memory.set(ValueLayout.JAVA_SHORT, base + 6, (short) value);
        return this;
    }
}
