package io.kvm4j.posix;

import io.kvm4j.libc.CFunction;
import io.kvm4j.libc.CapturedErrno;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C functions themselves. Each returns what the function does, or {@code -errno} if it failed. Once compiled by C2 a
 * call allocates nothing, unless it takes text.
 */
public final class SystemCalls {
    /** Faults pages in for reading, {@code MADV_POPULATE_READ}. */
    public static final int MADV_POPULATE_READ = 22;

    /** Faults pages in for writing, {@code MADV_POPULATE_WRITE}. */
    public static final int MADV_POPULATE_WRITE = 23;

    /** {@code O_CLOEXEC}, which eventfd and userfaultfd name the same. */
    public static final int O_CLOEXEC = 0x80000;

    /** {@code O_NONBLOCK}, which eventfd and userfaultfd name the same. */
    public static final int O_NONBLOCK = 0x800;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final long MAP_FAILED = -1;

    private static final CFunction OPEN =
            CFunction.of("open", FunctionDescriptor.of(INT, POINTER, INT), Linker.Option.firstVariadicArg(2));

    /** Without errno, as MUNMAP is: what releases something needs no memory that could be lacking. */
    private static final MethodHandle CLOSE = CFunction.withoutErrno("close", FunctionDescriptor.of(INT, INT));

    private static final CFunction MMAP =
            CFunction.of("mmap", FunctionDescriptor.of(POINTER, POINTER, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MUNMAP =
            CFunction.withoutErrno("munmap", FunctionDescriptor.of(INT, POINTER, LONG));
    private static final CFunction MADVISE = CFunction.of("madvise", FunctionDescriptor.of(INT, POINTER, LONG, INT));
    private static final CFunction MADVISE_ADDRESS =
            CFunction.of("madvise", FunctionDescriptor.of(INT, LONG, LONG, INT));
    private static final CFunction MEMFD_CREATE =
            CFunction.of("memfd_create", FunctionDescriptor.of(INT, POINTER, INT));
    private static final CFunction FTRUNCATE = CFunction.of("ftruncate", FunctionDescriptor.of(INT, INT, LONG));
    private static final CFunction FCNTL =
            CFunction.of("fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
    private static final CFunction GETPAGESIZE = CFunction.of("getpagesize", FunctionDescriptor.of(INT));
    private static final CFunction PTHREAD_SELF = CFunction.of("pthread_self", FunctionDescriptor.of(LONG));
    private static final CFunction PTHREAD_KILL = CFunction.of("pthread_kill", FunctionDescriptor.of(INT, LONG, INT));
    private static final CFunction PTHREAD_SIGMASK =
            CFunction.of("pthread_sigmask", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
    private static final CFunction SIGTIMEDWAIT =
            CFunction.of("sigtimedwait", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER));

    private static final CFunction POLL =
            CFunction.of("poll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, INT));
    private static final CFunction EVENTFD = CFunction.of("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final CFunction EVENTFD_WRITE = CFunction.of("eventfd_write", FunctionDescriptor.of(INT, INT, LONG));
    private static final CFunction SYSCALL =
            CFunction.of("syscall", FunctionDescriptor.of(LONG, LONG, LONG), Linker.Option.firstVariadicArg(1));

    private SystemCalls() {}

    static int open(String path, int flags) {
        MemorySegment captured = CapturedErrno.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            return CapturedErrno.resultOf(
                    (int) OPEN.handle.invokeExact(captured, arena.allocateFrom(path), flags), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Closes a descriptor, which Linux does whatever this returns. */
    static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Maps at an address that the kernel picks. */
    static long mmap(long size, int protection, int flags, int fd, long offset) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            MemorySegment mapped = (MemorySegment)
                    MMAP.handle.invokeExact(captured, MemorySegment.NULL, size, protection, flags, fd, offset);
            return mapped.address() == MAP_FAILED ? -CapturedErrno.errno(captured) : mapped.address();
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Unmaps memory, which fails only for what was never mapped. */
    static void munmap(MemorySegment start, long size) {
        try {
            int ignored = (int) MUNMAP.invokeExact(start, size);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Gives advice on memory, which is not unmapped meanwhile. */
    static int madvise(MemorySegment start, long size, int advice) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf((int) MADVISE.handle.invokeExact(captured, start, size, advice), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /**
     * Gives advice on a range of memory that the caller keeps mapped, by one of the {@code MADV_} numbers: without a segment,
     * which would have to be allocated.
     */
    public static int madvise(long address, long length, int advice) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf(
                    (int) MADVISE_ADDRESS.handle.invokeExact(captured, address, length, advice), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    static int memfdCreate(String name, int flags) {
        MemorySegment captured = CapturedErrno.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            return CapturedErrno.resultOf(
                    (int) MEMFD_CREATE.handle.invokeExact(captured, arena.allocateFrom(name), flags), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    static int ftruncate(int fd, long size) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf((int) FTRUNCATE.handle.invokeExact(captured, fd, size), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    static int fcntl(int fd, int command, int argument) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf((int) FCNTL.handle.invokeExact(captured, fd, command, argument), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    static int getpagesize() {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return (int) GETPAGESIZE.handle.invokeExact(captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    static long pthreadSelf() {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return (long) PTHREAD_SELF.handle.invokeExact(captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Sends a signal to a thread of this process, which must not have ended. */
    static int pthreadKill(long thread, int signal) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return -(int) PTHREAD_KILL.handle.invokeExact(captured, thread, signal);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Changes the calling thread's signal mask, and writes what it was to {@code old}. */
    static int pthreadSigmask(int how, MemorySegment set, MemorySegment old) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return -(int) PTHREAD_SIGMASK.handle.invokeExact(captured, how, set, old);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Takes one of some blocked signals off the calling thread, as soon as one is pending. */
    static int sigtimedwait(MemorySegment set, MemorySegment timeout) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf(
                    (int) SIGTIMEDWAIT.handle.invokeExact(captured, set, MemorySegment.NULL, timeout), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Waits until one of several descriptors is ready, for at most {@code millis}, or for ever if that is -1. */
    static int poll(MemorySegment descriptors, long count, int millis) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf(
                    (int) POLL.handle.invokeExact(captured, descriptors, count, millis), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Creates an eventfd that counts from 0. */
    public static int eventfd(int flags) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf((int) EVENTFD.handle.invokeExact(captured, 0, flags), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Adds to what an eventfd counts. */
    public static int eventfdWrite(int fd, long value) {
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf((int) EVENTFD_WRITE.handle.invokeExact(captured, fd, value), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }

    /** Creates a userfaultfd by the system call, which has a number for x86_64 and one for the later architectures. */
    public static int userfaultfd(int flags) {
        long number = Architecture.current() == Architecture.X86_64 ? 323 : 282;
        MemorySegment captured = CapturedErrno.ofThread();
        try {
            return CapturedErrno.resultOf(
                    (int) (long) SYSCALL.handle.invokeExact(captured, number, (long) flags), captured);
        } catch (Throwable t) {
            throw CFunction.unexpected(t);
        }
    }
}
