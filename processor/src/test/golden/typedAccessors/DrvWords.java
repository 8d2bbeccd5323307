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
 * A view of {@code struct drv_words}, 12 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_words {
 *     __u32 nent;
 *     __u32 pair[2];
 *     struct {
 *         struct {
 *         } __empty_words;
 *         __u32 words[];
 *     };
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_words",
        size = 12
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvWords extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("nent"),
                    MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_INT).withName("pair"),
                    MemoryLayout.structLayout(
                            MemoryLayout.sequenceLayout(0, ValueLayout.JAVA_INT).withName("words"))).withName("drv_words"),
            12,
            4,
            0, 4, 12);

    private DrvWords(MemorySegment memory, long base, long size) {
        super(memory, base, size);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvWords allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * Allocates a zeroed struct with room for {@code count} elements of {@code __u32 words[]}.
     */
    public static DrvWords allocate(SegmentAllocator allocator, int count) {
        return of(allocateFlexible(allocator, LAYOUT, 12, 4, count));
    }

    /**
     * A view of memory, all that lies behind the fixed part being the flexible array.
     *
     * @throws IllegalArgumentException if the segment is smaller than {@link #LAYOUT}, or not aligned for it
     */
    public static DrvWords of(MemorySegment segment) {
        return new DrvWords(flexible(segment, LAYOUT), 0, segment.byteSize());
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvWords within(MemorySegment memory, long base) {
        return new DrvWords(memory, base, Math.max(0, memory.byteSize() - base));
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    /**
     * How many elements of {@code __u32 words[]} the memory has room for.
     */
    public int capacity() {
        return capacity(12, 4);
    }

    /**
     * Copies all of another one, padding included.
     *
     * @throws IllegalArgumentException if its memory, which is copied to the end, is larger than this one's
     */
    public DrvWords copyFrom(DrvWords other) {
        copyAll(other);
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
    public DrvWords nent(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base, value);
        return this;
    }

    /**
     * An element of {@code __u32 pair[2]}, at byte 4, unsigned.
     */
    public int pair(int index) {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4 + 4L * Objects.checkIndex(index, 2));
    }

    /**
     * Sets an element of {@code __u32 pair[2]}.
     */
    public DrvWords pair(int index, int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4 + 4L * Objects.checkIndex(index, 2), value);
        return this;
    }

    /**
     * The memory of {@code __u32 pair[2]}, at byte 4. A new slice each time.
     */
    public MemorySegment pair() {
        return memory.asSlice(base + 4, 8);
    }

    /**
     * {@code __u32 pair[2]} as {@link Mode}.
     */
    public Mode pair1Value() {
        return Mode.of(pair(1));
    }

    /**
     * Sets {@code __u32 pair[2]}.
     */
    public DrvWords pair1(Mode value) {
        pair(1, value.number());
        return this;
    }

    /**
     * An element of {@code __u32 words[]}, at byte 12, unsigned.
     */
    public int entry(int index) {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 12 + 4L * Objects.checkIndex(index, capacity(12, 4)));
    }

    /**
     * Sets an element of {@code __u32 words[]}.
     */
    public DrvWords entry(int index, int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 12 + 4L * Objects.checkIndex(index, capacity(12, 4)), value);
        return this;
    }

    /**
     * The memory of {@code __u32 words[]}, at byte 12. A new slice each time.
     */
    public MemorySegment entry() {
        return memory.asSlice(base + 12);
    }
}
