package io.kvm4j.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** Memory in which a {@link CFunction} leaves errno. One thread at a time may use a piece of it. */
public final class CapturedErrno {
    private static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
    private static final long ERRNO = LAYOUT.byteOffset(PathElement.groupElement("errno"));

    private static final ThreadLocal<MemorySegment> OF_THREAD =
            ThreadLocal.withInitial(() -> CapturedErrno.allocate(Arena.ofAuto()));

    private CapturedErrno() {}

    /** Allocates memory that may be used as long as the arena is open. */
    public static MemorySegment allocate(Arena arena) {
        return arena.allocate(LAYOUT);
    }

    /** Returns the calling thread's. */
    public static MemorySegment ofThread() {
        return OF_THREAD.get();
    }

    /** Returns what a call that returned {@code result} is to return: {@code -errno} if it failed. */
    public static long resultOf(long result, MemorySegment captured) {
        return result == -1 ? -captured.get(ValueLayout.JAVA_INT, ERRNO) : result;
    }

    /** Returns what a call that returned {@code result} is to return: {@code -errno} if it failed. */
    public static int resultOf(int result, MemorySegment captured) {
        return result == -1 ? -captured.get(ValueLayout.JAVA_INT, ERRNO) : result;
    }

    /** Returns errno as the last call has left it. */
    public static int errno(MemorySegment captured) {
        return captured.get(ValueLayout.JAVA_INT, ERRNO);
    }
}
