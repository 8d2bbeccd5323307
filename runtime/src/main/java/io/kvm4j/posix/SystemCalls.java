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

    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(INT, POINTER, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle MMAP =
            handle("mmap", FunctionDescriptor.of(POINTER, POINTER, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(INT, POINTER, LONG));
    private static final MethodHandle MADVISE = handle("madvise", FunctionDescriptor.of(INT, POINTER, LONG, INT));
    private static final MethodHandle MEMFD_CREATE = handle("memfd_create", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle FTRUNCATE = handle("ftruncate", FunctionDescriptor.of(INT, INT, LONG));
    private static final MethodHandle FCNTL =
            handle("fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle GETPAGESIZE = handle("getpagesize", FunctionDescriptor.of(INT));
    private static final MethodHandle PTHREAD_SELF = handle("pthread_self", FunctionDescriptor.of(LONG));
    private static final MethodHandle PTHREAD_KILL = handle("pthread_kill", FunctionDescriptor.of(INT, LONG, INT));
    private static final MethodHandle PTHREAD_SIGMASK =
            handle("pthread_sigmask", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
    private static final MethodHandle SIGTIMEDWAIT =
            handle("sigtimedwait", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER));

    private SystemCalls() {}

    static int open(String path, int flags) {
        MemorySegment captured = CAPTURED.get();
        try (Arena arena = Arena.ofConfined()) {
            return result((int) OPEN.invokeExact(captured, arena.allocateFrom(path), flags), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int close(int fd) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) CLOSE.invokeExact(captured, fd), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Maps at an address that the kernel picks. */
    static long mmap(long size, int protection, int flags, int fd, long offset) {
        MemorySegment captured = CAPTURED.get();
        try {
            MemorySegment mapped =
                    (MemorySegment) MMAP.invokeExact(captured, MemorySegment.NULL, size, protection, flags, fd, offset);
            return mapped.address() == MAP_FAILED ? -errno(captured) : mapped.address();
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int munmap(MemorySegment start, long size) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) MUNMAP.invokeExact(captured, start, size), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int madvise(MemorySegment start, long size, int advice) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) MADVISE.invokeExact(captured, start, size, advice), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int memfdCreate(String name, int flags) {
        MemorySegment captured = CAPTURED.get();
        try (Arena arena = Arena.ofConfined()) {
            return result((int) MEMFD_CREATE.invokeExact(captured, arena.allocateFrom(name), flags), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int ftruncate(int fd, long size) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FTRUNCATE.invokeExact(captured, fd, size), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int fcntl(int fd, int command, int argument) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) FCNTL.invokeExact(captured, fd, command, argument), captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int getpagesize() {
        MemorySegment captured = CAPTURED.get();
        try {
            return (int) GETPAGESIZE.invokeExact(captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long pthreadSelf() {
        MemorySegment captured = CAPTURED.get();
        try {
            return (long) PTHREAD_SELF.invokeExact(captured);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Sends a signal to a thread of this process, which must not have ended. */
    static int pthreadKill(long thread, int signal) {
        MemorySegment captured = CAPTURED.get();
        try {
            return -(int) PTHREAD_KILL.invokeExact(captured, thread, signal);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Changes the calling thread's signal mask, and writes what it was to {@code old}. */
    static int pthreadSigmask(int how, MemorySegment set, MemorySegment old) {
        MemorySegment captured = CAPTURED.get();
        try {
            return -(int) PTHREAD_SIGMASK.invokeExact(captured, how, set, old);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Takes one of some blocked signals off the calling thread, as soon as one is pending. */
    static int sigtimedwait(MemorySegment set, MemorySegment timeout) {
        MemorySegment captured = CAPTURED.get();
        try {
            return result((int) SIGTIMEDWAIT.invokeExact(captured, set, MemorySegment.NULL, timeout), captured);
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

    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] all = new Linker.Option[options.length + 1];
        all[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(options, 0, all, 1, options.length);
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, all);
    }

    static RuntimeException unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("a C function cannot throw a checked exception", t);
        };
    }
}
