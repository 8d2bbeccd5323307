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
 * A view of {@code struct drv_packed}, 5 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_packed {
 *     __u8 event;
 *     __u32 flags;
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_packed",
        size = 5
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvPacked extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_BYTE.withName("event"),
                    ValueLayout.JAVA_INT_UNALIGNED.withName("flags")).withName("drv_packed"),
            5,
            1,
            0, 1);

    private DrvPacked(MemorySegment memory, long base, long size) {
        super(memory, base, size);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvPacked allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 5 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvPacked of(MemorySegment segment) {
        return new DrvPacked(fixed(segment, LAYOUT), 0, 5);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvPacked within(MemorySegment memory, long base) {
        return new DrvPacked(memory, base, 5);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    /**
     * Copies all of another one, padding included.
     */
    public DrvPacked copyFrom(DrvPacked other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u8 event}, at byte 0, unsigned.
     */
    public int event() {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base));
    }

    /**
     * Sets {@code __u8 event}.
     */
    public DrvPacked event(int value) {
        requireRange("event", value, 0, 255);
        memory.set(ValueLayout.JAVA_BYTE, base, (byte) value);
        return this;
    }

    /**
     * {@code __u32 flags}, at byte 1, unsigned.
     */
    public int flags() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 1);
    }

    /**
     * Sets {@code __u32 flags}.
     */
    public DrvPacked flags(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 1, value);
        return this;
    }

    /**
     * {@code __u32 flags} as {@link Kind}.
     */
    public Kind kindValue() {
        return Kind.of(flags() & 0xf0);
    }

    /**
     * Sets {@code __u32 flags}.
     */
    public DrvPacked flags(Kind value) {
        flags((int) value.within(flags(), 0xf0L, 0));
        return this;
    }

    /**
     * {@code __u32 flags} as {@link IrqType}.
     */
    public IrqType irqTypeValue() {
        return IrqType.of(flags() >>> 24 & 0xf);
    }

    /**
     * Sets {@code __u32 flags}.
     */
    public DrvPacked flags(IrqType value) {
        flags((int) value.within(flags(), 0xfL, 24));
        return this;
    }
}
