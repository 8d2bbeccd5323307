// Generated from the headers of board-1 for aarch64 (digest c5e7ee4db6d3778c).
// Edit the spec, not this file.
package brd.aarch64;

import io.kvm4j.uapi.CType;
import io.kvm4j.uapi.Struct;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import javax.annotation.processing.Generated;

/**
 * A view of {@code struct brd_holder}, 24 bytes, from {@code linux/board.h}.
 *
 * <pre>{@code
 * struct brd_holder {
 *     __u64 id;
 *     struct brd_grown grown;
 * };
 * }</pre>
 */
@CType(
        value = "struct brd_holder",
        size = 24
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class BrdHolder extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_LONG.withName("id"),
                    BrdGrown.LAYOUT.withName("grown")).withName("brd_holder"),
            24,
            8,
            0, 8);

    private final BrdGrown grown;

    private BrdHolder(MemorySegment memory, long base, long size) {
        super(memory, base, size);
        grown = BrdGrown.within(memory, base + 8);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static BrdHolder allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 24 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static BrdHolder of(MemorySegment segment) {
        return new BrdHolder(fixed(segment, LAYOUT), 0, 24);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static BrdHolder within(MemorySegment memory, long base) {
        return new BrdHolder(memory, base, 24);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    @Override
    protected void moveTo(long newBase) {
        super.moveTo(newBase);
        move(grown, newBase + 8);
    }

    /**
     * Copies all of another one, padding included.
     */
    public BrdHolder copyFrom(BrdHolder other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u64 id}, at byte 0, unsigned.
     */
    public long id() {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base);
    }

    /**
     * Sets {@code __u64 id}.
     */
    public BrdHolder id(long value) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base, value);
        return this;
    }

    /**
     * {@code struct brd_grown grown}, at byte 8, a view on the same memory.
     */
    public BrdGrown grown() {
        return grown;
    }
}
