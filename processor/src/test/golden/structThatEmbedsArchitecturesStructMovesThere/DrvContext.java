// Generated from the headers of test-driver for x86_64 (digest 3ecef27ad9879769).
// Edit the spec, not this file.
package drv.x86;

import io.kvm4j.uapi.CType;
import io.kvm4j.uapi.Struct;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import javax.annotation.processing.Generated;

/**
 * A view of {@code struct drv_context}, 24 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_context {
 *     __u32 id;
 *     struct drv_regs regs;
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_context",
        size = 24
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvContext extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("id"),
                    MemoryLayout.paddingLayout(4),
                    DrvRegs.LAYOUT.withName("regs")).withName("drv_context"),
            24,
            8,
            0, 8);

    private final DrvRegs regs;

    private DrvContext(MemorySegment memory, long base, long size) {
        super(memory, base, size);
        regs = DrvRegs.within(memory, base + 8);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvContext allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 24 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvContext of(MemorySegment segment) {
        return new DrvContext(fixed(segment, LAYOUT), 0, 24);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvContext within(MemorySegment memory, long base) {
        return new DrvContext(memory, base, 24);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    @Override
    protected void moveTo(long newBase) {
        super.moveTo(newBase);
        move(regs, newBase + 8);
    }

    /**
     * Copies all of another one, padding included.
     */
    public DrvContext copyFrom(DrvContext other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u32 id}, at byte 0, unsigned.
     */
    public int id() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base);
    }

    /**
     * Sets {@code __u32 id}.
     */
    public DrvContext id(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base, value);
        return this;
    }

    /**
     * {@code struct drv_regs regs}, at byte 8, a view on the same memory.
     */
    public DrvRegs regs() {
        return regs;
    }
}
