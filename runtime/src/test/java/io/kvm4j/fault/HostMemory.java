package io.kvm4j.fault;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kvm4j.posix.Mapping;
import io.kvm4j.posix.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The system calls that bring a pager's memory into every state. Its accesses are native calls: a Java thread that waited
 * for a page in an access of its own would hold up the whole JVM.
 */
final class HostMemory {
    static final int PAGE = Mapping.PAGE_SIZE;
    static final int MADV_DONTNEED = 4;
    static final int MADV_REMOVE = 9;

    private static final Path PAGEMAP = Path.of("/proc/self/pagemap");

    /** The bit of an entry of the page map. */
    private static final int EXCLUSIVELY_MAPPED = 56;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_HUGETLB = 0x40000;

    private static final MethodHandle MMAP = handle(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            handle("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MEMFD =
            handle("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            handle("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle DUP2 = handle("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle MEMCPY =
            handle("memcpy", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MEMSET =
            handle("memset", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle GETRANDOM =
            handle("getrandom", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SYSCALL = handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));

    private static final MethodHandle PRLIMIT = handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS),
            Linker.Option.firstVariadicArg(1));

    private HostMemory() {}

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    private interface Call {
        long run() throws Throwable;
    }

    private static long call(Call call) {
        try {
            return call.run();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static MemorySegment anonymous(int pages) {
        return map(0, (long) pages * PAGE, MAP_PRIVATE_ANONYMOUS, -1);
    }

    /** Pages at a multiple of a power of two. */
    static MemorySegment aligned(int pages, long alignment) {
        long size = (long) pages * PAGE;
        MemorySegment memory = map(0, size + alignment, MAP_PRIVATE_ANONYMOUS, -1);
        return memory.asSlice(-memory.address() & (alignment - 1), size);
    }

    /** Huge pages, or null if the host has none to spare. */
    static MemorySegment huge(long size) {
        long address = mmap(0, size, MAP_PRIVATE_ANONYMOUS | MAP_HUGETLB, -1);
        return address == -1 ? null : MemorySegment.ofAddress(address).reinterpret(size);
    }

    /** Replaces what is mapped somewhere. */
    static void mapOver(long address, long size) {
        map(address, size, MAP_PRIVATE_ANONYMOUS | MAP_FIXED, -1);
    }

    /** Two mappings of the same new pages. */
    static MemorySegment[] shared(int pages) {
        long size = (long) pages * PAGE;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("pages");
            int fd = (int) call(() -> (int) MEMFD.invokeExact(name, 0));
            call(() -> (int) FTRUNCATE.invokeExact(fd, size));
            MemorySegment[] both = {map(0, size, MAP_SHARED, fd), map(0, size, MAP_SHARED, fd)};
            close(fd);
            return both;
        }
    }

    /** A mapping of a file that has none of these pages. */
    static MemorySegment behindTheEndOfItsFile(int pages) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("pages");
            int fd = (int) call(() -> (int) MEMFD.invokeExact(name, 0));
            MemorySegment memory = map(0, (long) pages * PAGE, MAP_SHARED, fd);
            close(fd);
            return memory;
        }
    }

    private static MemorySegment map(long address, long size, int flags, int fd) {
        long mapped = mmap(address, size, flags, fd);
        if (mapped == -1) {
            throw new AssertionError("mmap failed");
        }
        return MemorySegment.ofAddress(mapped).reinterpret(size);
    }

    private static long mmap(long address, long size, int flags, int fd) {
        return call(() -> (long) MMAP.invokeExact(address, size, PROT_READ_WRITE, flags, fd, 0L));
    }

    static void unmap(MemorySegment memory) {
        call(() -> (int) MUNMAP.invokeExact(memory.address(), memory.byteSize()));
    }

    static void makeInaccessible(MemorySegment memory) {
        call(() -> (int) MPROTECT.invokeExact(memory.address(), memory.byteSize(), 0));
    }

    static void makeReadOnly(MemorySegment memory) {
        call(() -> (int) MPROTECT.invokeExact(memory.address(), memory.byteSize(), 1));
    }

    static void close(int fd) {
        call(() -> (int) CLOSE.invokeExact(fd));
    }

    static void replaceDescriptor(int by, int fd) {
        call(() -> (int) DUP2.invokeExact(by, fd));
    }

    /** Whether this kernel has what {@link #isPrivate} reads. */
    static boolean tellsPrivatePages() {
        return Files.isReadable(PAGEMAP);
    }

    /** Whether a page is this process's own, so that it can be written: the kernel's page of zeros is everybody's. */
    static boolean isPrivate(long address) {
        ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        try (FileChannel pagemap = FileChannel.open(PAGEMAP)) {
            pagemap.read(entry, address / PAGE * Long.BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (entry.getLong(0) >> EXCLUSIVELY_MAPPED & 1) != 0;
    }

    static void discard(MemorySegment memory, int page, int count) {
        advise(memory, page, count, MADV_DONTNEED);
    }

    static void advise(MemorySegment memory, int page, int count, int advice) {
        int result = SystemCalls.madvise(memory.address() + (long) page * PAGE, (long) count * PAGE, advice);
        if (result != 0) {
            throw new AssertionError("madvise returned " + result);
        }
    }

    /** Reads a page, and waits for it if it is absent. */
    static byte[] read(MemorySegment memory, int page) {
        return readAt(memory.address() + (long) page * PAGE, PAGE);
    }

    static byte[] readAt(long address, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(length);
            long to = copy.address();
            call(() -> (long) MEMCPY.invokeExact(to, address, (long) length));
            return copy.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Touches an address. */
    static byte readByte(long address) {
        return readAt(address, 1)[0];
    }

    static void writeByte(long address, int value) {
        call(() -> (long) MEMSET.invokeExact(address, value, 1L));
    }

    /** Lets the kernel itself write to memory, as KVM does. Returns how many bytes it wrote. */
    static long kernelWrite(long address, long length) {
        return call(() -> (long) GETRANDOM.invokeExact(address, length, 0));
    }

    /** Sets and gets the limit of this process's descriptors, on x86_64. */
    static void prlimit(MemorySegment limit, MemorySegment old) {
        long result = call(() -> (long) PRLIMIT.invokeExact(302L, 0L, 7L, limit, old));
        if (result != 0) {
            throw new AssertionError("prlimit64 failed");
        }
    }

    static long systemCall(long number, long first, long second, long third) {
        return call(() -> (long) SYSCALL.invokeExact(number, first, second, third));
    }
}
