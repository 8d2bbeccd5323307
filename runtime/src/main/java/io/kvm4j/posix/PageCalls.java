package io.kvm4j.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * The C functions that handling page faults and events takes. Each returns what the function does, or {@code -errno} if it failed.
 * Once compiled by C2 a call allocates nothing.
 */
public final class PageCalls {
    /** Faults pages in for reading, {@code MADV_POPULATE_READ}. */
    public static final int MADV_POPULATE_READ = 22;

    /** Faults pages in for writing, {@code MADV_POPULATE_WRITE}. */
    public static final int MADV_POPULATE_WRITE = 23;

    /** {@code O_CLOEXEC}, which eventfd and userfaultfd name the same. */
    public static final int O_CLOEXEC = 0x80000;

    /** {@code O_NONBLOCK}, which eventfd and userfaultfd name the same. */
    public static final int O_NONBLOCK = 0x800;

    private static final StructLayout CAPTURE_LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE_LAYOUT.byteOffset(PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE_LAYOUT));

    private static final CFunction MADVISE = CFunction.of("madvise", FunctionDescriptor.of(INT, LONG, LONG, INT));
    private static final CFunction POLL =
            CFunction.of("poll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, INT));
    private static final CFunction EVENTFD = CFunction.of("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final CFunction EVENTFD_WRITE = CFunction.of("eventfd_write", FunctionDescriptor.of(INT, INT, LONG));
    private static final CFunction SYSCALL =
            CFunction.of("syscall", FunctionDescriptor.of(LONG, LONG, LONG), Linker.Option.firstVariadicArg(1));

    private static final CFunction GETPAGESIZE = CFunction.of("getpagesize", FunctionDescriptor.of(INT));

    private PageCalls() {}

    /** The bytes of a page of this host's. */
    public static int pageSize() {
        MemorySegment captured = CAPTURED.get();
        try {
            return (int) GETPAGESIZE.handle.invokeExact(captured);
        } catch (Throwable t) {
            throw SystemCalls.unexpected(t);
        }
    }

    /** Gives advice on a range of memory, by one of the {@code MADV_} numbers. */
    public static int madvise(long address, long length, int advice) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) MADVISE.handle.invokeExact(captured, address, length, advice), captured);
        } catch (Throwable t) {
            throw SystemCalls.unexpected(t);
        }
    }

    /** Waits until one of several descriptors is ready, for at most {@code millis}, or for ever if that is -1. */
    static int poll(MemorySegment descriptors, long count, int millis) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) POLL.handle.invokeExact(captured, descriptors, count, millis), captured);
        } catch (Throwable t) {
            throw SystemCalls.unexpected(t);
        }
    }

    /** Creates an eventfd that counts from 0. */
    public static int eventfd(int flags) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) EVENTFD.handle.invokeExact(captured, 0, flags), captured);
        } catch (Throwable t) {
            throw SystemCalls.unexpected(t);
        }
    }

    /** Adds to what an eventfd counts. */
    public static int eventfdWrite(int fd, long value) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) EVENTFD_WRITE.handle.invokeExact(captured, fd, value), captured);
        } catch (Throwable t) {
            throw SystemCalls.unexpected(t);
        }
    }

    /** Creates a userfaultfd by the system call, which has a number for x86_64 and one for the later architectures. */
    public static int userfaultfd(int flags) {
        long number = System.getProperty("os.arch").equals("amd64") ? 323 : 282;
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) (long) SYSCALL.handle.invokeExact(captured, number, (long) flags), captured);
        } catch (Throwable t) {
            throw SystemCalls.unexpected(t);
        }
    }

    private static int result(int returned, MemorySegment captured) {
        return returned == -1 ? -captured.get(INT, ERRNO) : returned;
    }
}
