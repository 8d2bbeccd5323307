package io.kvm4j.posix;

import io.kvm4j.uapi.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The owner of memory that {@code mmap(2)} mapped. Any thread may use and close it. */
public final class Mapping implements AutoCloseable {
    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_SHARED = 0x1;
    private static final int MAP_PRIVATE = 0x2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    private Mapping(long address, long size) {
        this.segment =
                MemorySegment.ofAddress(address).reinterpret(size, arena, start -> SystemCalls.munmap(start, size));
    }

    /**
     * Maps zeroed memory whose pages the kernel provides when they are first touched, without a reserve for them.
     *
     * @param size in bytes, a multiple of the page size
     * @throws ErrnoException if {@code mmap(2)} fails
     */
    public static Mapping anonymous(long size) {
        return map(size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, "anonymous");
    }

    /**
     * Maps the start of a file, shared with whoever else has it mapped.
     *
     * @param size in bytes, a multiple of the page size
     * @throws ErrnoException if {@code mmap(2)} fails
     */
    public static Mapping shared(Descriptor file, long size) {
        return shared(file, 0, size);
    }

    /**
     * Maps a part of a file, shared with whoever else has it mapped.
     *
     * @param offset in bytes, a multiple of the page size
     * @param size in bytes, a multiple of the page size
     * @throws ErrnoException if {@code mmap(2)} fails
     */
    public static Mapping shared(Descriptor file, long offset, long size) {
        return map(size, MAP_SHARED, file.fd(), offset, file.name());
    }

    private static Mapping map(long size, int flags, int fd, long offset, String what) {
        long address = SystemCalls.mmap(size, PROT_READ_WRITE, flags, fd, offset);
        if (address < 0) {
            throw ErrnoException.of((int) -address, "mmap", "%d bytes, %s".formatted(size, what));
        }
        return new Mapping(address, size);
    }

    /** The memory, which lives until {@link #close}. */
    public MemorySegment segment() {
        return segment;
    }

    /** For native memory that shall live as long as the mapping. */
    public Arena arena() {
        return arena;
    }

    /**
     * Unmaps the memory the first time. Whatever could write to it beside this program must have ended.
     *
     * @throws IllegalStateException if a native call uses the memory at this moment: then it stays mapped
     */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
