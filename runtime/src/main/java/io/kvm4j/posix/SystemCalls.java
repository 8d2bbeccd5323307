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

/** The C functions themselves. Each returns what the function does, or {@code -errno} if it failed. */
final class SystemCalls {
    private static final StructLayout CAPTURE_LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE_LAYOUT.byteOffset(PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final long MAP_FAILED = -1;

    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(INT, POINTER, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle MMAP =
            handle("mmap", FunctionDescriptor.of(POINTER, POINTER, SIZE, INT, INT, INT, SIZE));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(INT, POINTER, SIZE));

    private SystemCalls() {}

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURE_LAYOUT);
            int fd = (int) OPEN.invokeExact(captured, arena.allocateFrom(path), flags);
            return fd == -1 ? -errno(captured) : fd;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURE_LAYOUT);
            int result = (int) CLOSE.invokeExact(captured, fd);
            return result == -1 ? -errno(captured) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Maps at an address that the kernel picks. */
    static long mmap(long size, int protection, int flags, int fd, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURE_LAYOUT);
            MemorySegment mapped =
                    (MemorySegment) MMAP.invokeExact(captured, MemorySegment.NULL, size, protection, flags, fd, offset);
            return mapped.address() == MAP_FAILED ? -errno(captured) : mapped.address();
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int munmap(MemorySegment start, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURE_LAYOUT);
            int result = (int) MUNMAP.invokeExact(captured, start, size);
            return result == -1 ? -errno(captured) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
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

    private static RuntimeException unexpected(Throwable t) {
        return switch (t) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("a C function cannot throw a checked exception", t);
        };
    }
}
