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
 * A view of {@code struct drv_run}, 40 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_run {
 *     __u8 immediate_exit;
 *     __u8 padding1[3];
 *     __u32 exit_reason;
 *     union {
 *         struct {
 *             __u64 hardware_exit_reason;
 *         } hw;
 *         struct {
 *             __u8 direction;
 *             __u8 size;
 *             __u16 port;
 *             __u32 count;
 *         } io;
 *         __u64 reset_flags;
 *         struct {
 *             struct drv_regs arch;
 *         } debug;
 *         char padding[32];
 *     };
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_run",
        size = 40
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvRun extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_BYTE.withName("immediate_exit"),
                    MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_BYTE).withName("padding1"),
                    ValueLayout.JAVA_INT.withName("exit_reason"),
                    MemoryLayout.unionLayout(
                            Hw.LAYOUT.withName("hw"),
                            Io.LAYOUT.withName("io"),
                            ValueLayout.JAVA_LONG.withName("reset_flags"),
                            Debug.LAYOUT.withName("debug"),
                            MemoryLayout.sequenceLayout(32, ValueLayout.JAVA_BYTE).withName("padding"))).withName("drv_run"),
            40,
            8,
            0, 1, 4, 8);

    private final Hw hw;

    private final Io io;

    private final Debug debug;

    private DrvRun(MemorySegment memory, long base, long size) {
        super(memory, base, size);
        hw = Hw.within(memory, base + 8);
        io = Io.within(memory, base + 8);
        debug = Debug.within(memory, base + 8);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvRun allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 40 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvRun of(MemorySegment segment) {
        return new DrvRun(fixed(segment, LAYOUT), 0, 40);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvRun within(MemorySegment memory, long base) {
        return new DrvRun(memory, base, 40);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    @Override
    protected void moveTo(long newBase) {
        super.moveTo(newBase);
        move(hw, newBase + 8);
        move(io, newBase + 8);
        move(debug, newBase + 8);
    }

    /**
     * Copies all of another one, padding included.
     */
    public DrvRun copyFrom(DrvRun other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u8 immediate_exit}, at byte 0, unsigned.
     */
    public int immediateExit() {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base));
    }

    /**
     * Sets {@code __u8 immediate_exit}.
     */
    public DrvRun immediateExit(int value) {
        requireRange("immediate_exit", value, 0, 255);
        memory.set(ValueLayout.JAVA_BYTE, base, (byte) value);
        return this;
    }

    /**
     * An element of {@code __u8 padding1[3]}, at byte 1, unsigned.
     */
    public int padding1(int index) {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base + 1 + Objects.checkIndex(index, 3)));
    }

    /**
     * Sets an element of {@code __u8 padding1[3]}.
     */
    public DrvRun padding1(int index, int value) {
        requireRange("padding1", value, 0, 255);
        memory.set(ValueLayout.JAVA_BYTE, base + 1 + Objects.checkIndex(index, 3), (byte) value);
        return this;
    }

    /**
     * The memory of {@code __u8 padding1[3]}, at byte 1. A new slice each time.
     */
    public MemorySegment padding1() {
        return memory.asSlice(base + 1, 3);
    }

    /**
     * {@code __u32 exit_reason}, at byte 4, unsigned.
     */
    public int exitReason() {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4);
    }

    /**
     * Sets {@code __u32 exit_reason}.
     */
    public DrvRun exitReason(int value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4, value);
        return this;
    }

    /**
     * {@code __u32 exit_reason} as {@link DrvReason}.
     */
    public DrvReason exitReasonValue() {
        return DrvReason.of(exitReason());
    }

    /**
     * Sets {@code __u32 exit_reason}.
     */
    public DrvRun exitReason(DrvReason value) {
        exitReason(value.number());
        return this;
    }

    /**
     * {@code struct hw}, at byte 8, a view on the same memory.
     */
    public Hw hw() {
        return hw;
    }

    /**
     * {@code struct io}, at byte 8, a view on the same memory.
     */
    public Io io() {
        return io;
    }

    /**
     * {@code __u64 reset_flags}, at byte 8, unsigned.
     */
    public long resetFlags() {
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 8);
    }

    /**
     * Sets {@code __u64 reset_flags}.
     */
    public DrvRun resetFlags(long value) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 8, value);
        return this;
    }

    /**
     * {@code struct debug}, at byte 8, a view on the same memory.
     */
    public Debug debug() {
        return debug;
    }

    /**
     * An element of {@code char padding[32]}, at byte 8, signed.
     */
    public int padding(int index) {
        return memory.get(ValueLayout.JAVA_BYTE, base + 8 + Objects.checkIndex(index, 32));
    }

    /**
     * Sets an element of {@code char padding[32]}.
     */
    public DrvRun padding(int index, int value) {
        requireRange("padding", value, -128, 127);
        memory.set(ValueLayout.JAVA_BYTE, base + 8 + Objects.checkIndex(index, 32), (byte) value);
        return this;
    }

    /**
     * The memory of {@code char padding[32]}, at byte 8. A new slice each time.
     */
    public MemorySegment padding() {
        return memory.asSlice(base + 8, 32);
    }

    /**
     * A view of {@code struct hw}, 8 bytes, from {@code linux/drv.h}.
     *
     * <pre>{@code
     * struct {
     *     __u64 hardware_exit_reason;
     * } hw;
     * }</pre>
     */
    public static final class Hw extends Struct {
        /**
         * The layout that C gives it, checked against the headers' sizes and offsets.
         */
        public static final GroupLayout LAYOUT = checked(
                MemoryLayout.structLayout(
                        ValueLayout.JAVA_LONG.withName("hardware_exit_reason")).withName("hw"),
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
         * {@code __u64 hardware_exit_reason}, at byte 0, unsigned.
         */
        public long hardwareExitReason() {
            return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base);
        }

        /**
         * Sets {@code __u64 hardware_exit_reason}.
         */
        public Hw hardwareExitReason(long value) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base, value);
            return this;
        }

        /**
         * {@code __u64 hardware_exit_reason} as {@link Mode}.
         */
        public Mode hardwareExitReasonValue() {
            return Mode.of(Math.toIntExact(hardwareExitReason()));
        }

        /**
         * Sets {@code __u64 hardware_exit_reason}.
         */
        public Hw hardwareExitReason(Mode value) {
            hardwareExitReason(value.number());
            return this;
        }
    }

    /**
     * A view of {@code struct io}, 8 bytes, from {@code linux/drv.h}.
     *
     * <pre>{@code
     * struct {
     *     __u8 direction;
     *     __u8 size;
     *     __u16 port;
     *     __u32 count;
     * } io;
     * }</pre>
     */
    public static final class Io extends Struct {
        /**
         * The layout that C gives it, checked against the headers' sizes and offsets.
         */
        public static final GroupLayout LAYOUT = checked(
                MemoryLayout.structLayout(
                        ValueLayout.JAVA_BYTE.withName("direction"),
                        ValueLayout.JAVA_BYTE.withName("size"),
                        ValueLayout.JAVA_SHORT.withName("port"),
                        ValueLayout.JAVA_INT.withName("count")).withName("io"),
                8,
                4,
                0, 1, 2, 4);

        private Io(MemorySegment memory, long base, long size) {
            super(memory, base, size);
        }

        /**
         * Allocates a zeroed struct.
         */
        public static Io allocate(SegmentAllocator allocator) {
            return of(allocator.allocate(LAYOUT).fill((byte) 0));
        }

        /**
         * A view of the first 8 bytes of memory.
         *
         * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
         */
        public static Io of(MemorySegment segment) {
            return new Io(fixed(segment, LAYOUT), 0, 8);
        }

        /**
         * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
         */
        public static Io within(MemorySegment memory, long base) {
            return new Io(memory, base, 8);
        }

        @Override
        protected GroupLayout layout() {
            return LAYOUT;
        }

        /**
         * Copies all of another one, padding included.
         */
        public Io copyFrom(Io other) {
            copyAll(other);
            return this;
        }

        /**
         * {@code __u8 direction}, at byte 0, unsigned.
         */
        public int direction() {
            return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base));
        }

        /**
         * Sets {@code __u8 direction}.
         */
        public Io direction(int value) {
            requireRange("direction", value, 0, 255);
            memory.set(ValueLayout.JAVA_BYTE, base, (byte) value);
            return this;
        }

        /**
         * {@code __u8 direction} as {@link Mode}.
         */
        public Mode directionValue() {
            return Mode.of(direction());
        }

        /**
         * Sets {@code __u8 direction}.
         */
        public Io direction(Mode value) {
            direction(value.number());
            return this;
        }

        /**
         * {@code __u8 size}, at byte 1, unsigned.
         */
        public int size() {
            return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base + 1));
        }

        /**
         * Sets {@code __u8 size}.
         */
        public Io size(int value) {
            requireRange("size", value, 0, 255);
            memory.set(ValueLayout.JAVA_BYTE, base + 1, (byte) value);
            return this;
        }

        /**
         * {@code __u16 port}, at byte 2, unsigned.
         */
        public int port() {
            return Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, base + 2));
        }

        /**
         * Sets {@code __u16 port}.
         */
        public Io port(int value) {
            requireRange("port", value, 0, 65535);
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, base + 2, (short) value);
            return this;
        }

        /**
         * {@code __u32 count}, at byte 4, unsigned.
         */
        public int count() {
            return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4);
        }

        /**
         * Sets {@code __u32 count}.
         */
        public Io count(int value) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4, value);
            return this;
        }
    }

    /**
     * A view of {@code struct debug}, 16 bytes, from {@code linux/drv.h}.
     *
     * <pre>{@code
     * struct {
     *     struct drv_regs arch;
     * } debug;
     * }</pre>
     */
    public static final class Debug extends Struct {
        /**
         * The layout that C gives it, checked against the headers' sizes and offsets.
         */
        public static final GroupLayout LAYOUT = checked(
                MemoryLayout.structLayout(
                        MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("arch")).withName("debug").withByteAlignment(8),
                16,
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
         * A view of the first 16 bytes of memory.
         *
         * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
         */
        public static Debug of(MemorySegment segment) {
            return new Debug(fixed(segment, LAYOUT), 0, 16);
        }

        /**
         * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
         */
        public static Debug within(MemorySegment memory, long base) {
            return new Debug(memory, base, 16);
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
         * The memory of {@code struct drv_regs arch}, at byte 0. A new slice each time.
         */
        public MemorySegment arch() {
            return memory.asSlice(base, 16);
        }
    }
}
