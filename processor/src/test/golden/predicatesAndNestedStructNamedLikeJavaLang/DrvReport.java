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
 * A view of {@code struct drv_report}, 24 bytes, from {@code linux/drv.h}.
 *
 * <pre>{@code
 * struct drv_report {
 *     __u8 is_write;
 *     __u8 issue;
 *     __s32 has_code : 1;
 *     __u64 can_wait : 2;
 *     struct {
 *         __u32 nr;
 *         __u32 is_pending;
 *     } exception;
 * };
 * }</pre>
 */
@CType(
        value = "struct drv_report",
        size = 24
)
@Generated("io.kvm4j.processor.UapiProcessor")
public final class DrvReport extends Struct {
    /**
     * The layout that C gives it, checked against the headers' sizes and offsets.
     */
    public static final GroupLayout LAYOUT = checked(
            MemoryLayout.structLayout(
                    ValueLayout.JAVA_BYTE.withName("is_write"),
                    ValueLayout.JAVA_BYTE.withName("issue"),
                    MemoryLayout.paddingLayout(14),
                    ExceptionStruct.LAYOUT.withName("exception")).withName("drv_report").withByteAlignment(8),
            24,
            8,
            0, 1, 16);

    private final ExceptionStruct exception;

    private DrvReport(MemorySegment memory, long base, long size) {
        super(memory, base, size);
        exception = ExceptionStruct.within(memory, base + 16);
    }

    /**
     * Allocates a zeroed struct.
     */
    public static DrvReport allocate(SegmentAllocator allocator) {
        return of(allocator.allocate(LAYOUT).fill((byte) 0));
    }

    /**
     * A view of the first 24 bytes of memory.
     *
     * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
     */
    public static DrvReport of(MemorySegment segment) {
        return new DrvReport(fixed(segment, LAYOUT), 0, 24);
    }

    /**
     * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
     */
    public static DrvReport within(MemorySegment memory, long base) {
        return new DrvReport(memory, base, 24);
    }

    @Override
    protected GroupLayout layout() {
        return LAYOUT;
    }

    @Override
    protected void moveTo(long newBase) {
        super.moveTo(newBase);
        move(exception, newBase + 16);
    }

    /**
     * Copies all of another one, padding included.
     */
    public DrvReport copyFrom(DrvReport other) {
        copyAll(other);
        return this;
    }

    /**
     * {@code __u8 is_write}, at byte 0, true unless it is 0.
     */
    public boolean isWrite() {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base)) != 0;
    }

    /**
     * Sets {@code __u8 is_write} to 1 or 0.
     */
    public DrvReport isWrite(boolean value) {
        memory.set(ValueLayout.JAVA_BYTE, base, (byte) (value ? 1 : 0));
        return this;
    }

    /**
     * {@code __u8 issue}, at byte 1, unsigned.
     */
    public int issue() {
        return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, base + 1));
    }

    /**
     * Sets {@code __u8 issue}.
     */
    public DrvReport issue(int value) {
        requireRange("issue", value, 0, 255);
        memory.set(ValueLayout.JAVA_BYTE, base + 1, (byte) value);
        return this;
    }

    /**
     * {@code __s32 has_code : 1}, at byte 4, true unless it is 0.
     */
    public boolean hasCode() {
        return (memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4) & (0x1 << 3)) != 0;
    }

    /**
     * Sets {@code __s32 has_code : 1} to 1 or 0.
     */
    public DrvReport hasCode(boolean value) {
        memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4, (memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4) & ~(0x1 << 3) | (((value ? 1 : 0) & 0x1) << 3)));
        return this;
    }

    /**
     * {@code __u64 can_wait : 2}, at byte 8, true unless it is 0.
     */
    public boolean canWait() {
        return (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 8) & (0x3L << 40)) != 0;
    }

    /**
     * Sets {@code __u64 can_wait : 2} to 1 or 0.
     */
    public DrvReport canWait(boolean value) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, base + 8, (memory.get(ValueLayout.JAVA_LONG_UNALIGNED, base + 8) & ~(0x3L << 40) | (((value ? 1 : 0) & 0x3L) << 40)));
        return this;
    }

    /**
     * {@code struct exception}, at byte 16, a view on the same memory.
     */
    public ExceptionStruct exception() {
        return exception;
    }

    /**
     * A view of {@code struct exception}, 8 bytes, from {@code linux/drv.h}.
     *
     * <pre>{@code
     * struct {
     *     __u32 nr;
     *     __u32 is_pending;
     * } exception;
     * }</pre>
     */
    public static final class ExceptionStruct extends Struct {
        /**
         * The layout that C gives it, checked against the headers' sizes and offsets.
         */
        public static final GroupLayout LAYOUT = checked(
                MemoryLayout.structLayout(
                        ValueLayout.JAVA_INT.withName("nr"),
                        ValueLayout.JAVA_INT.withName("is_pending")).withName("exception"),
                8,
                4,
                0, 4);

        private ExceptionStruct(MemorySegment memory, long base, long size) {
            super(memory, base, size);
        }

        /**
         * Allocates a zeroed struct.
         */
        public static ExceptionStruct allocate(SegmentAllocator allocator) {
            return of(allocator.allocate(LAYOUT).fill((byte) 0));
        }

        /**
         * A view of the first 8 bytes of memory.
         *
         * @throws IllegalArgumentException if the segment is smaller, or not aligned for it
         */
        public static ExceptionStruct of(MemorySegment segment) {
            return new ExceptionStruct(fixed(segment, LAYOUT), 0, 8);
        }

        /**
         * A view of the struct that starts at {@code base} of {@code memory}, for records that embed it.
         */
        public static ExceptionStruct within(MemorySegment memory, long base) {
            return new ExceptionStruct(memory, base, 8);
        }

        @Override
        protected GroupLayout layout() {
            return LAYOUT;
        }

        /**
         * Copies all of another one, padding included.
         */
        public ExceptionStruct copyFrom(ExceptionStruct other) {
            copyAll(other);
            return this;
        }

        /**
         * {@code __u32 nr}, at byte 0, unsigned.
         */
        public int nr() {
            return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base);
        }

        /**
         * Sets {@code __u32 nr}.
         */
        public ExceptionStruct nr(int value) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, base, value);
            return this;
        }

        /**
         * {@code __u32 is_pending}, at byte 4, true unless it is 0.
         */
        public boolean isPending() {
            return memory.get(ValueLayout.JAVA_INT_UNALIGNED, base + 4) != 0;
        }

        /**
         * Sets {@code __u32 is_pending} to 1 or 0.
         */
        public ExceptionStruct isPending(boolean value) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, base + 4, (value ? 1 : 0));
            return this;
        }
    }
}
