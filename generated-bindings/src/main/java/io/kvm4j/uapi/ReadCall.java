package io.kvm4j.uapi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * The system calls {@code read(2)} and {@code pread(2)}, for what is part of the uapi but no ioctl: statistics and the
 * messages of a userfaultfd. Any thread may call; once compiled by C2 a call allocates nothing.
 */
public final class ReadCall {
    private static final StructLayout CAPTURE_LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE_LAYOUT.byteOffset(PathElement.groupElement("errno"));
    private static final CFunction READ = CFunction.of(
            "read",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final CFunction PREAD = CFunction.of(
            "pread",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE_LAYOUT));

    private ReadCall() {}

    /**
     * Reads from where a file stands.
     *
     * @param fd the file descriptor
     * @param into native memory, which is filled from its start as far as there is something to read
     * @return how many bytes were read, or {@code -errno} if it failed
     */
    public static long read(int fd, MemorySegment into) {
        MemorySegment captured = CAPTURED.get();
        try {
            long result = (long) READ.handle.invokeExact(captured, fd, into, into.byteSize());
            return result == -1 ? -captured.get(ValueLayout.JAVA_INT, ERRNO) : result;
        } catch (Throwable t) {
            throw IoctlCall.unexpected(t);
        }
    }

    /**
     * Reads from an offset of a file.
     *
     * @param fd the file descriptor
     * @param into native memory, which is filled from its start as far as there is something to read
     * @param offset in bytes from the file's start
     * @return how many bytes were read, or {@code -errno} if it failed
     */
    public static long read(int fd, MemorySegment into, long offset) {
        MemorySegment captured = CAPTURED.get();
        try {
            long result = (long) PREAD.handle.invokeExact(captured, fd, into, into.byteSize(), offset);
            return result == -1 ? -captured.get(ValueLayout.JAVA_INT, ERRNO) : result;
        } catch (Throwable t) {
            throw IoctlCall.unexpected(t);
        }
    }
}
