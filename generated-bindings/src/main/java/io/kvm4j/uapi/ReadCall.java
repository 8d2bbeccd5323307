package io.kvm4j.uapi;

import io.kvm4j.libc.CFunction;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The system calls {@code read(2)} and {@code pread(2)}, for what is part of the uapi but no ioctl: statistics and the
 * messages of a userfaultfd. Any thread may call; once compiled by C2 a call allocates nothing.
 */
public final class ReadCall {
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

    private ReadCall() {}

    /**
     * Reads from where a file stands.
     *
     * @param fd the file descriptor
     * @param into native memory, which is filled from its start as far as there is something to read
     * @return how many bytes were read, or {@code -errno} if it failed
     */
    public static long read(int fd, MemorySegment into) {
        CallState state = CallState.ofThread();
        try {
            return state.resultOf((long) READ.handle.invokeExact(state.memory, fd, into, into.byteSize()));
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
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
        CallState state = CallState.ofThread();
        try {
            return state.resultOf((long) PREAD.handle.invokeExact(state.memory, fd, into, into.byteSize(), offset));
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }
}
