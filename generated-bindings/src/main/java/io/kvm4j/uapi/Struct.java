package io.kvm4j.uapi;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A typed view of a C struct or union: accessors over memory that it neither owns nor copies. It lives as long as that
 * memory's arena; an access after the arena's close throws {@link IllegalStateException}.
 *
 * <p>Views of nested structs are made with their parent and share its memory. An accessor that takes an index and
 * returns a view moves one view from element to element, so that no access allocates: keep the index rather than the
 * view. Views are therefore as thread-safe as plain memory as long as no thread moves one that another uses.
 */
public abstract class Struct {
    /** The memory of the outermost struct. */
    protected final MemorySegment memory;

    /** Where this struct starts in {@link #memory}, in bytes. */
    protected long base;

    private final long size;

    /** Makes the view of a struct that takes the whole of {@code memory}. */
    protected Struct(MemorySegment memory) {
        this(memory, 0, memory.byteSize());
    }

    /** Makes the view of {@code size} bytes that start at {@code base} of {@code memory}. */
    protected Struct(MemorySegment memory, long base, long size) {
        this.memory = memory;
        this.base = base;
        this.size = size;
    }

    /** The memory of this struct, with the elements of its flexible array if it has one. */
    public final MemorySegment segment() {
        return size == memory.byteSize() ? memory : memory.asSlice(base, size);
    }

    /** The layout of the fixed part. */
    protected abstract GroupLayout layout();

    /** Moves this view, and with it those of its nested structs, to another element of an array. */
    protected void moveTo(long newBase) {
        base = newBase;
    }

    /** Moves a nested view: what {@link #moveTo} calls for each of them. */
    protected static void move(Struct nested, long newBase) {
        nested.moveTo(newBase);
    }

    /** How many elements of {@code elementSize} bytes fit between {@code offset} and the end of the memory. */
    protected final int capacity(long offset, long elementSize) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, memory.byteSize() - base - offset) / elementSize);
    }

    /**
     * Cuts {@code memory} to the size of a struct without a flexible array.
     *
     * @throws IllegalArgumentException if it is smaller than {@code layout} or not aligned for it
     */
    protected static MemorySegment fixed(MemorySegment memory, GroupLayout layout) {
        return flexible(memory, layout).asSlice(0, layout.byteSize());
    }

    /**
     * Checks that {@code memory} holds a struct whose flexible array takes what lies behind the fixed part.
     *
     * @throws IllegalArgumentException if it is smaller than {@code layout} or not aligned for it
     */
    protected static MemorySegment flexible(MemorySegment memory, GroupLayout layout) {
        if (memory.byteSize() < layout.byteSize()) {
            throw new IllegalArgumentException("%s takes %d bytes, the segment has %d"
                    .formatted(layout.name().orElseThrow(), layout.byteSize(), memory.byteSize()));
        }
        if (memory.isNative() && memory.address() % layout.byteAlignment() != 0) {
            throw new IllegalArgumentException("%s must be aligned to %d bytes, the segment is at 0x%x"
                    .formatted(layout.name().orElseThrow(), layout.byteAlignment(), memory.address()));
        }
        return memory;
    }

    /**
     * Allocates zeroed memory for a struct with a flexible array.
     *
     * @param offset where the array starts, in bytes
     * @param elementSize the bytes of an element
     * @param count the number of elements to make room for
     * @throws IllegalArgumentException if {@code count} is negative
     */
    protected static MemorySegment allocateFlexible(
            SegmentAllocator allocator, GroupLayout layout, long offset, long elementSize, int count) {
        requireRange("count", count, 0, Integer.MAX_VALUE);
        long size = Math.max(layout.byteSize(), offset + count * elementSize);
        return allocator.allocate(size, layout.byteAlignment()).fill((byte) 0);
    }

    /**
     * Compares a layout with what the headers say: each generated struct calls it for its own.
     *
     * @param offsets the offset of each member, in order, padding left out
     * @return {@code layout}
     * @throws ExceptionInInitializerError by way of an {@link IllegalStateException} if they differ
     */
    protected static GroupLayout checked(GroupLayout layout, long size, long alignment, long... offsets) {
        if (layout.byteSize() != size || layout.byteAlignment() != alignment) {
            throw new IllegalStateException("%s is %d bytes aligned to %d in C, %d aligned to %d here"
                    .formatted(layout, size, alignment, layout.byteSize(), layout.byteAlignment()));
        }
        boolean union = layout instanceof UnionLayout;
        long offset = 0;
        int member = 0;
        for (MemoryLayout element : layout.memberLayouts()) {
            if (!(element instanceof PaddingLayout)) {
                if (member == offsets.length || offsets[member] != offset) {
                    throw new IllegalStateException("%s: %s is at %d".formatted(layout, element, offset));
                }
                member++;
            }
            offset += union ? 0 : element.byteSize();
        }
        if (member != offsets.length) {
            throw new IllegalStateException("%s has %d members, %d in C".formatted(layout, member, offsets.length));
        }
        return layout;
    }

    /**
     * Checks a value that is about to be stored in a field narrower than its Java type.
     *
     * @throws IllegalArgumentException if {@code value} is outside {@code min..max}
     */
    protected static void requireRange(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s: %d is outside %d..%d".formatted(field, value, min, max));
        }
    }

    /** Copies the bytes of a struct of the same type: all, if this one has room for them. */
    protected final void copyAll(Struct other) {
        long bytes = other.span();
        if (bytes > span()) {
            throw new IllegalArgumentException("%s has room for %d bytes, not for the %d to copy"
                    .formatted(layout().name().orElse("a struct"), span(), bytes));
        }
        MemorySegment.copy(other.memory, other.base, memory, base, bytes);
    }

    /**
     * Copies the fixed part of a struct of the same type, and as many elements of its flexible array as it counts.
     *
     * @param offset where the array starts, in bytes
     * @param elementSize the bytes of an element
     * @param count what the other one counts
     */
    protected final void copyCounted(Struct other, long offset, long elementSize, long count) {
        requireRoom(other, "counts more than it has", offset, elementSize, count);
        requireRoom(this, "cannot take all that is to be copied", offset, elementSize, count);
        long bytes = Math.max(layout().byteSize(), offset + count * elementSize);
        MemorySegment.copy(other.memory, other.base, memory, base, bytes);
    }

    private static void requireRoom(Struct struct, String problem, long offset, long elementSize, long count) {
        int capacity = struct.capacity(offset, elementSize);
        if (count < 0 || count > capacity) {
            throw new IllegalArgumentException("%s %s: %s elements, and room for %d"
                    .formatted(
                            struct.layout().name().orElse("a struct"),
                            problem,
                            Long.toUnsignedString(count),
                            capacity));
        }
    }

    /** The bytes that this view spans; one with a flexible array may have been moved since it was made. */
    private long span() {
        return Math.min(size, memory.byteSize() - base);
    }

    /**
     * Whether the other one is of the same type and has the same bytes, padding and the elements of a flexible array
     * included, as many as its memory has room for. Structs that {@code allocate} made have no garbage in their padding.
     *
     * <p>A view is equal to what its memory equals now. Do not use one as a key or in a set: that it is found again
     * depends on its memory, which the kernel and other threads may change.
     */
    @Override
    public final boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof Struct that) || getClass() != that.getClass() || span() != that.span()) {
            return false;
        }
        long bytes = span();
        return MemorySegment.mismatch(memory, base, base + bytes, that.memory, that.base, that.base + bytes) < 0;
    }

    /** A number that equal structs share as long as neither changes: see {@link #equals}. */
    @Override
    public final int hashCode() {
        long bytes = span();
        long hash = bytes;
        long at = 0;
        for (; at + Long.BYTES <= bytes; at += Long.BYTES) {
            hash = 31 * hash + memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + at);
        }
        for (; at < bytes; at++) {
            hash = 31 * hash + memory.get(ValueLayout.JAVA_BYTE, base + at);
        }
        return Long.hashCode(hash);
    }

    /** Every field with its C name and value, numbers in hexadecimal. */
    @Override
    public String toString() {
        return StructText.of(layout(), segment());
    }
}
