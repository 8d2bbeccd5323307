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
 * A view of {@code struct drv_tables}, 48 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_tables {
 *     __u8 matrix[2][3];
 *     __u128 huge;
 *     union {
 *         __u64 bits;
 *         struct {
 *             __u8 vector;
 *             __u8 rest[7];
 *         } fields;
 *     } slots[2];
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_tables",
        size = 48
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvTables extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    MemoryLayout.sequenceLayout(2, MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_BYTE)).withName("matrix"),
                    MemoryLayout.paddingLayout(10),
                    MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_BYTE).withName("huge"),
                    MemoryLayout.sequenceLayout(2, Slots.LAYOUT).withName("slots")).withName("drv_tables").withByteAlignment(16),
            48,
            16,
            0, 16, 32);

    private final Slots slots;

    private DrvTables(MemorySegment memory, long base, long size) {
        super(memory, base, size);
        slots = Slots.within(memory, base + 32);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvTables allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 48 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvTables of(MemorySegment segment) {
        return new DrvTables(fixed(segment, LAYOUT), 0, 48);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvTables within(MemorySegment memory, long base) {
        return new DrvTables(memory, base, 48);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    @Override
    protected void moveTo(long newBase) {
        super.moveTo(newBase);
        move(slots, newBase + 32);
    }

    /**
     * Copies all of another one, padding included.
     */
    public DrvTables copyFrom(DrvTables other) {
        copyAll(other);
        return this;
    }

    /**
     * An element of {@code __u8 matrix[2][3]}, at byte 0, unsigned.
     */
    public int matrix(int index, int second) {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base + 3L * Objects.checkIndex(index, 2) + Objects.checkIndex(second, 3)));
    }

    /**
     * Sets an element of {@code __u8 matrix[2][3]}.
     */
    public DrvTables matrix(int index, int second, int value) {
        requireRange("matrix", value, 0, 255);
        memory.set(ValueLayout.JAVA_BYTE, base + 3L * Objects.checkIndex(index, 2) + Objects.checkIndex(second, 3), (byte) value);
        return this;
    }

    /**
     * The memory of {@code __u8 matrix[2][3]}, at byte 0. A new slice each time.
     */
    public MemorySegment matrix() {
        return memory.asSlice(base, 6);
    }

    /**
     * The memory of {@code __u128 huge}, at byte 16. A new slice each time.
     */
    public MemorySegment huge() {
        return memory.asSlice(base + 16, 16);
    }

    /**
     * An element of {@code union slots[2]}, at byte 32. The view is the same each time, moved to the element.
     */
    public Slots slots(int index) {
        move(slots, base + 32 + 8L * Objects.checkIndex(index, 2));
        return slots;
    }

    /**
     * The memory of {@code union slots[2]}, at byte 32. A new slice each time.
     */
    public MemorySegment slots() {
        return memory.asSlice(base + 32, 16);
    }

    /**
     * A view of {@code union slots}, 8 bytes, from {@code linux/drv.h}.
     *
     * <pre>{@code
     * union {
     *     __u64 bits;
     *     struct {
     *         __u8 vector;
     *         __u8 rest[7];
     *     } fields;
     * } slots[2];
     * }</pre>
     */
    public static final class Slots extends Struct {
        /**
         * The layout that C gives it, checked against the headers' sizes and offsets.
         */
        public static final GroupLayout LAYOUT = checked(
                MemoryLayout.unionLayout(
                        ValueLayout.JAVA_LONG.withName("bits"),
                        Fields.LAYOUT.withName("fields")).withName("slots"),
                8,
                8,
                0, 0);

        private final Fields fields;

        private Slots(MemorySegment memory, long base, long size) {
            super(memory, base, size);
            fields = Fields.within(memory, base);
        }

        /**
         * Allocates a zeroed union.
         */
        public static Slots allocate(SegmentAllocator allocator) {
            return of(allocator.allocate(LAYOUT).fill((byte) 0));
        }

        /**
         * A view of the first 8 bytes of memory.
         *
         * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
         */
        public static Slots of(MemorySegment segment) {
            return new Slots(fixed(segment, LAYOUT), 0, 8);
        }

        /**
         * A view of the union that starts at {@code base} of {@code memory}, for records that embed it.
         */
        public static Slots within(MemorySegment memory, long base) {
            return new Slots(memory, base, 8);
        }

        @Override
        protected GroupLayout layout() {
            return LAYOUT;
        }

        @Override
        protected void moveTo(long newBase) {
            super.moveTo(newBase);
            move(fields, newBase);
        }

        /**
         * Copies all of another one, padding included.
         */
        public Slots copyFrom(Slots other) {
            copyAll(other);
            return this;
        }

        /**
         * {@code __u64 bits}, at byte 0, unsigned.
         */
        public long bits() {
            return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base);
        }

        /**
         * Sets {@code __u64 bits}.
         */
        public Slots bits(long value) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base, value);
            return this;
        }

        /**
         * {@code struct fields}, at byte 0, a view on the same memory.
         */
        public Fields fields() {
            return fields;
        }

        /**
         * A view of {@code struct fields}, 8 bytes, from {@code linux/drv.h}.
         *
         * <pre>{@code
         * struct {
         *     __u8 vector;
         *     __u8 rest[7];
         * } fields;
         * }</pre>
         */
        public static final class Fields extends Struct {
            /**
             * The layout that C gives it, checked against the headers' sizes and offsets.
             */
            public static final GroupLayout LAYOUT = checked(
                    MemoryLayout.structLayout(
                            ValueLayout.JAVA_BYTE.withName("vector"),
                            MemoryLayout.sequenceLayout(7, ValueLayout.JAVA_BYTE).withName("rest")).withName("fields"),
                    8,
                    1,
                    0, 1);

            private Fields(MemorySegment memory, long base, long size) {
                super(memory, base, size);
            }

            /**
             * Allocates a zeroed struct.
             */
            public static Fields allocate(SegmentAllocator allocator) {
                return of(allocator.allocate(LAYOUT).fill((byte) 0));
            }

            /**
             * A view of the first 8 bytes of memory.
             *
             * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
             */
            public static Fields of(MemorySegment segment) {
                return new Fields(fixed(segment, LAYOUT), 0, 8);
            }

            /**
             * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
             */
            public static Fields within(MemorySegment memory, long base) {
                return new Fields(memory, base, 8);
            }

            @Override
            protected GroupLayout layout() {
                return LAYOUT;
            }

            /**
             * Copies all of another one, padding included.
             */
            public Fields copyFrom(Fields other) {
                copyAll(other);
                return this;
            }

            /**
             * {@code __u8 vector}, at byte 0, unsigned.
             */
            public int vector() {
                return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base));
            }

            /**
             * Sets {@code __u8 vector}.
             */
            public Fields vector(int value) {
                requireRange("vector", value, 0, 255);
                memory.set(ValueLayout.JAVA_BYTE, base, (byte) value);
                return this;
            }

            /**
             * An element of {@code __u8 rest[7]}, at byte 1, unsigned.
             */
            public int rest(int index) {
                return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base + 1 + Objects.checkIndex(index, 7)));
            }

            /**
             * Sets an element of {@code __u8 rest[7]}.
             */
            public Fields rest(int index, int value) {
                requireRange("rest", value, 0, 255);
                memory.set(ValueLayout.JAVA_BYTE, base + 1 + Objects.checkIndex(index, 7), (byte) value);
                return this;
            }

            /**
             * The memory of {@code __u8 rest[7]}, at byte 1. A new slice each time.
             */
            public MemorySegment rest() {
                return memory.asSlice(base + 1, 7);
            }
        }
    }
}
