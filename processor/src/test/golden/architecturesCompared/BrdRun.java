// Generated from the headers of board-1 for aarch64, riscv64, x86_64 (digest b3ffc8da0622ef3a).
// Edit the spec, not this file.
package brd;

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
 * A view of {@code struct brd_run}, 32 bytes, from {@code linux/board.h}.
 *
 * <pre>{@code
 * struct brd_run {
 *     __u32 reason;
 *     __u32 pad;
 *     union {
 *         struct {
 *             __u64 code;
 *         } hw;
 *         struct {
 *             struct brd_regs arch;
 *         } debug;
 *         char padding[24];
 *     };
 * };
 * }</pre>
 */
@CType(
        value = "struct brd_run",
        size = 32
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class BrdRun extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_INT.withName("reason"),
                    ValueLayout.JAVA_INT.withName("pad"),
                    MemoryLayout.unionLayout(
                            Hw.LAYOUT.withName("hw"),
                            Debug.LAYOUT.withName("debug"),
                            MemoryLayout.sequenceLayout(24, ValueLayout.JAVA_BYTE).withName("padding"))).withName("brd_run"),
            32,
            8,
            0, 4, 8);

    private final Hw hw;

    private final Debug debug;

    private BrdRun(MemorySegment memory, long base, long size) {
        super(memory, base, size);
        hw = Hw.within(memory, base + 8);
        debug = Debug.within(memory, base + 8);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static BrdRun allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 32 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static BrdRun of(MemorySegment segment) {
        return new BrdRun(fixed(segment, LAYOUT), 0, 32);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static BrdRun within(MemorySegment memory, long base) {
        return new BrdRun(memory, base, 32);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    @Override
    protected void moveTo(long newBase) {
        super.moveTo(newBase);
        move(hw, newBase + 8);
        move(debug, newBase + 8);
    }

    /**
     * Copies all of another one, padding included.
     */
    public BrdRun copyFrom(BrdRun other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u32 reason}, at byte 0, unsigned.
     */
    public int reason_() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base);
    }

    /**
     * Sets {@code __u32 reason}.
     */
    public BrdRun reason_(int value) {
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
    public BrdRun pad(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4, value);
        return this;
    }

    /**
     * {@code struct hw}, at byte 8, a view on the same memory.
     */
    public Hw hw() {
        return hw;
    }

    /**
     * {@code struct debug}, at byte 8, a view on the same memory.
     */
    public Debug debug() {
        return debug;
    }

    /**
     * An element of {@code char padding[24]}, at byte 8, signed.
     */
    public int padding(int index) {
        return memory.get(ValueLayout.JAVA_BYTE, base + 8 + Objects.checkIndex(index, 24));
    }

    /**
     * Sets an element of {@code char padding[24]}.
     */
    public BrdRun padding(int index, int value) {
        requireRange("padding", value, -128, 127);
        memory.set(ValueLayout.JAVA_BYTE, base + 8 + Objects.checkIndex(index, 24), (byte) value);
        return this;
    }

    /**
     * The memory of {@code char padding[24]}, at byte 8. A new slice each time.
     */
    public MemorySegment padding() {
        return memory.asSlice(base + 8, 24);
    }

    /**
     * A view of {@code struct hw}, 8 bytes, from {@code linux/board.h}.
     *
     * <pre>{@code
     * struct {
     *     __u64 code;
     * } hw;
     * }</pre>
     */
    public static final class Hw extends Struct {
        /**
         * The layout that C gives it, checked against the headers' sizes and offsets.
         */
        public static final GroupLayout LAYOUT = checked(
                MemoryLayout.structLayout(
                        ValueLayout.JAVA_LONG.withName("code")).withName("hw"),
                8,
                8,
                0);

        private Hw(MemorySegment memory, long base, long size) {
            super(memory, base, size);
        }

        /**
         * Allocates a zeroed struct.
         */
        public static Hw allocate(SegmentAllocator allocator) {
            return of(allocator.allocate(LAYOUT).fill((byte) 0));
        }

        /**
         * A view of the first 8 bytes of memory.
         *
         * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
         */
        public static Hw of(MemorySegment segment) {
            return new Hw(fixed(segment, LAYOUT), 0, 8);
        }

        /**
         * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
         */
        public static Hw within(MemorySegment memory, long base) {
            return new Hw(memory, base, 8);
        }

        @Override
        protected GroupLayout layout() {
            return LAYOUT;
        }

        /**
         * Copies all of another one, padding included.
         */
        public Hw copyFrom(Hw other) {
            copyAll(other);
            return this;
        }

        /**
         * {@code __u64 code}, at byte 0, unsigned.
         */
        public long code() {
            return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base);
        }

        /**
         * Sets {@code __u64 code}.
         */
        public Hw code(long value) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base, value);
            return this;
        }
    }

    /**
     * A view of {@code struct debug}, 24 bytes, from {@code linux/board.h}.
     *
     * <pre>{@code
     * struct {
     *     struct brd_regs arch;
     * } debug;
     * }</pre>
     */
    public static final class Debug extends Struct {
        /**
         * The layout that C gives it, checked against the headers' sizes and offsets.
         */
        public static final GroupLayout LAYOUT = checked(
                MemoryLayout.structLayout(
                        MemoryLayout.sequenceLayout(24, ValueLayout.JAVA_BYTE).withName("arch")).withName("debug").withByteAlignment(8),
                24,
                8,
                0);

        private Debug(MemorySegment memory, long base, long size) {
            super(memory, base, size);
        }

        /**
         * Allocates a zeroed struct.
         */
        public static Debug allocate(SegmentAllocator allocator) {
            return of(allocator.allocate(LAYOUT).fill((byte) 0));
        }

        /**
         * A view of the first 24 bytes of memory.
         *
         * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
         */
        public static Debug of(MemorySegment segment) {
            return new Debug(fixed(segment, LAYOUT), 0, 24);
        }

        /**
         * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
         */
        public static Debug within(MemorySegment memory, long base) {
            return new Debug(memory, base, 24);
        }

        @Override
        protected GroupLayout layout() {
            return LAYOUT;
        }

        /**
         * Copies all of another one, padding included.
         */
        public Debug copyFrom(Debug other) {
            copyAll(other);
            return this;
        }

        /**
         * The memory of {@code struct brd_regs arch}, at byte 0. A new slice each time.
         */
        public MemorySegment arch() {
            return memory.asSlice(base, 24);
        }
    }
}
