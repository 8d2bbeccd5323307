package io.kvm4j.posix;

import io.kvm4j.uapi.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The owner of memory that {@code mmap(2)} mapped. Any thread may use and close it. */
public final class Mapping implements AutoCloseable {
    private static final int PROT_READ_WRITE = 0x3;
    private static final int MAP_SHARED = 0x1;
    private static final int MAP_PRIVATE = 0x2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MAP_HUGETLB = 0x40000;
    private static final int MAP_HUGE_SHIFT = 26;

    /** The bytes of a page of this host. */
    public static final int PAGE_SIZE = SystemCalls.getpagesize();

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long PAUSE_NANOS = 100_000;
    private static final long LATE_PAUSE_NANOS = 20_000_000;

    private final Arena arena;
    private final MemorySegment segment;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Mapping(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
    }

    private static MemorySegment mapped(long address, long size, Arena arena) {
        MemorySegment start = MemorySegment.ofAddress(address);
        try {
            return start.reinterpret(size, arena, whole -> SystemCalls.munmap(whole, size));
        } catch (Throwable e) {
            throw Cleanup.after(e).run(() -> SystemCalls.munmap(start, size)).rethrow();
        }
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
     * As {@link #anonymous}, for memory that no one owner can end, since others may be using it still: it is unmapped when
     * nothing refers to it any more, as is what {@link Arena#ofAuto} allocates.
     *
     * @param size in bytes, a multiple of the page size
     * @throws ErrnoException if {@code mmap(2)} fails
     */
    public static MemorySegment anonymousWhileUsed(long size) {
        Arena arena = Arena.ofAuto();
        return mapped(address(size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, "anonymous"), size, arena);
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
        return shared(file.fd(), file.name(), offset, size);
    }

    /**
     * Maps a part of a file of which there is only the descriptor's number.
     *
     * @param name what it is, for people
     * @param offset in bytes, a multiple of the page size
     * @param size in bytes, a multiple of the page size
     * @throws ErrnoException if {@code mmap(2)} fails
     */
    public static Mapping shared(int fd, String name, long offset, long size) {
        return map(size, MAP_SHARED, fd, offset, name);
    }

    /**
     * Maps zeroed huge pages, which are set aside at once: one that is missing later would be a SIGBUS.
     *
     * @param size in bytes, a multiple of the huge page size
     * @param pageSize a power of two
     * @throws ErrnoException if {@code mmap(2)} fails: ENOMEM if too few are reserved, EINVAL if the host has none of
     *     that size
     */
    public static Mapping huge(long size, long pageSize) {
        int sizeBits = Long.numberOfTrailingZeros(pageSize) << MAP_HUGE_SHIFT;
        return map(
                size,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | sizeBits,
                -1,
                0,
                "huge pages of %d".formatted(pageSize));
    }

    @SuppressWarnings("MustBeClosedChecker") // the mapping owns the arena
    private static Mapping map(long size, int flags, int fd, long offset, String what) {
        Arena arena = Arena.ofShared();
        try {
            return new Mapping(arena, mapped(address(size, flags, fd, offset, what), size, arena));
        } catch (Throwable e) {
            throw Cleanup.after(e).run(arena::close).rethrow();
        }
    }

    private static long address(long size, int flags, int fd, long offset, String what) {
        long address = SystemCalls.mmap(size, PROT_READ_WRITE, flags, fd, offset);
        if (address < 0) {
            throw ErrnoException.of((int) -address, "mmap", "%d bytes, %s".formatted(size, what));
        }
        return address;
    }

    /**
     * Advises the kernel about memory.
     *
     * @param memory whole pages
     * @param advice its number in {@code madvise(2)}
     * @param name its C name
     * @throws ErrnoException if the call fails
     */
    public static void advise(MemorySegment memory, int advice, String name) {
        int result = SystemCalls.madvise(memory, memory.byteSize(), advice);
        if (result < 0) {
            throw ErrnoException.of(-result, "madvise", "%d bytes, %s".formatted(memory.byteSize(), name));
        }
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
     * @throws IllegalStateException if a native call uses the memory for longer than a second: then it is unmapped as soon
     *     as that call returns
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            IllegalStateException inUse = closeUntil(System.nanoTime() + PATIENCE.toNanos());
            if (inUse != null) {
                throw Cleanup.after(inUse).run(this::closeLate).rethrow();
            }
        }
    }

    /** Returns null, or the exception that says that the memory is in use still. */
    private @Nullable IllegalStateException closeUntil(long deadline) {
        while (true) {
            try {
                arena.close();
                return null;
            } catch (IllegalStateException inUse) {
                if (System.nanoTime() - deadline >= 0) {
                    return inUse;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void closeLate() {
        Thread.ofPlatform().daemon().name("kvm4j-unmap").start(() -> {
            while (closeUntil(System.nanoTime()) != null) {
                LockSupport.parkNanos(LATE_PAUSE_NANOS);
            }
        });
    }
}
