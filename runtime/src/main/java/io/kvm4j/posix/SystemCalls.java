package io.kvm4j.posix;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C functions themselves. Each returns what the function does, or {@code -errno} if it failed. Once compiled by C2 a
 * call allocates nothing, unless it takes text.
 */
final class SystemCalls {
    private static final StructLayout CAPTURE_LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE_LAYOUT.byteOffset(PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final long MAP_FAILED = -1;
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE_LAYOUT));

    private static final CFunction OPEN =
            CFunction.of("open", FunctionDescriptor.of(INT, POINTER, INT), Linker.Option.firstVariadicArg(2));

    /** Without errno, as MUNMAP is: what releases something needs no memory that could be lacking. */
    private static final MethodHandle CLOSE = withoutErrno("close", FunctionDescriptor.of(INT, INT));

    private static final CFunction MMAP =
            CFunction.of("mmap", FunctionDescriptor.of(POINTER, POINTER, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MUNMAP = withoutErrno("munmap", FunctionDescriptor.of(INT, POINTER, LONG));
    private static final CFunction MADVISE = CFunction.of("madvise", FunctionDescriptor.of(INT, POINTER, LONG, INT));
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

    private SystemCalls() {}

    private static MethodHandle withoutErrno(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }

    static int open(String path, int flags) {
        MemorySegment captured = CAPTURED.get();
        try (Arena arena = Arena.ofConfined()) {
            return result((int) OPEN.handle.invokeExact(captured, arena.allocateFrom(path), flags), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Closes a descriptor, which Linux does whatever this returns. */
    static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Maps at an address that the kernel picks. */
    static long mmap(long size, int protection, int flags, int fd, long offset) {
        MemorySegment captured = CAPTURED.get();
        try {
            MemorySegment mapped = (MemorySegment)
                    MMAP.handle.invokeExact(captured, MemorySegment.NULL, size, protection, flags, fd, offset);
            return mapped.address() == MAP_FAILED ? -errno(captured) : mapped.address();
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Unmaps memory, which fails only for what was never mapped. */
    static void munmap(MemorySegment start, long size) {
        try {
            int ignored = (int) MUNMAP.invokeExact(start, size);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int madvise(MemorySegment start, long size, int advice) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) MADVISE.handle.invokeExact(captured, start, size, advice), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int memfdCreate(String name, int flags) {
        MemorySegment captured = CAPTURED.get();
        try (Arena arena = Arena.ofConfined()) {
            return result((int) MEMFD_CREATE.handle.invokeExact(captured, arena.allocateFrom(name), flags), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int ftruncate(int fd, long size) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FTRUNCATE.handle.invokeExact(captured, fd, size), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int fcntl(int fd, int command, int argument) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FCNTL.handle.invokeExact(captured, fd, command, argument), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int getpagesize() {
        MemorySegment captured = CAPTURED.get();
        try {
            return (int) GETPAGESIZE.handle.invokeExact(captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long pthreadSelf() {
        MemorySegment captured = CAPTURED.get();
        try {
            return (long) PTHREAD_SELF.handle.invokeExact(captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Sends a signal to a thread of this process, which must not have ended. */
    static int pthreadKill(long thread, int signal) {
        MemorySegment captured = CAPTURED.get();
        try {
            return -(int) PTHREAD_KILL.handle.invokeExact(captured, thread, signal);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Changes the calling thread's signal mask, and writes what it was to {@code old}. */
    static int pthreadSigmask(int how, MemorySegment set, MemorySegment old) {
        MemorySegment captured = CAPTURED.get();
        try {
            return -(int) PTHREAD_SIGMASK.handle.invokeExact(captured, how, set, old);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Takes one of some blocked signals off the calling thread, as soon as one is pending. */
    static int sigtimedwait(MemorySegment set, MemorySegment timeout) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SIGTIMEDWAIT.handle.invokeExact(captured, set, MemorySegment.NULL, timeout), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static int result(int returned, MemorySegment captured) {
        return returned == -1 ? -errno(captured) : returned;
    }

    private static int errno(MemorySegment captured) {
        return captured.get(INT, ERRNO);
    }

    static RuntimeException unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("a C function cannot throw a checked exception", t);
        };
    }
}
