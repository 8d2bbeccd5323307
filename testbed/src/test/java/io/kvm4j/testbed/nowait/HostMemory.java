package io.kvm4j.testbed.nowait;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The system calls by which the tests make memory with pages that are or aren't there. Nothing is unmapped. */
final class HostMemory {
    static final int PAGE = 4096;
    static final int MADV_POPULATE_READ = 22;
    static final int MADV_POPULATE_WRITE = 23;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final long SYS_USERFAULTFD = 323;
    private static final int O_CLOEXEC = 02000000;

    private static final AddressLayout POINTER = ADDRESS;
    private static final MethodHandle MMAP =
            handle("mmap", FunctionDescriptor.of(POINTER, POINTER, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MADVISE =
            handle("madvise", FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MEMFD_CREATE =
            handle("memfd_create", FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            handle("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SYSCALL = handle(
            "syscall", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG), Linker.Option.firstVariadicArg(1));

    private HostMemory() {}

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /** Memory of this process alone, no page of which is there. */
    static MemorySegment anonymous(long size) throws Throwable {
        return map(size, MAP_PRIVATE_ANONYMOUS, -1);
    }

    /** A file in memory. */
    static int file(long size) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) MEMFD_CREATE.invokeExact(arena.allocateFrom("pages"), 0);
            require((int) FTRUNCATE.invokeExact(fd, size) == 0, "ftruncate");
            return fd;
        }
    }

    /** A view of a file in memory; the pages that the file has are not mapped yet. */
    static MemorySegment view(int fd, long size) throws Throwable {
        return map(size, MAP_SHARED, fd);
    }

    private static MemorySegment map(long size, int flags, int fd) throws Throwable {
        MemorySegment address =
                (MemorySegment) MMAP.invokeExact(MemorySegment.NULL, size, PROT_READ_WRITE, flags, fd, 0L);
        require(address.address() != -1, "mmap");
        return address.reinterpret(size);
    }

    /** Faults pages in, by one of the MADV_POPULATE constants. */
    static void populate(MemorySegment pages, int advice) throws Throwable {
        require((int) MADVISE.invokeExact(pages, pages.byteSize(), advice) == 0, "madvise");
    }

    /** A new userfaultfd. */
    static int userfaultfd() throws Throwable {
        long fd = (long) SYSCALL.invokeExact(SYS_USERFAULTFD, (long) O_CLOEXEC);
        require(fd >= 0, "userfaultfd");
        return (int) fd;
    }

    private static void require(boolean condition, String call) {
        if (!condition) {
            throw new AssertionError(call + " failed");
        }
    }
}
