package io.kvm4j.uapi;

import io.kvm4j.libc.CapturedErrno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory in which a system call leaves errno. {@link IoctlCall} and {@link ReadCall} keep one per thread; who makes the same
 * ioctls again and again saves the look-up by having one of his own, for one thread at a time.
 */
public final class CallState {
    private static final ThreadLocal<CallState> OF_THREAD =
            ThreadLocal.withInitial(() -> new CallState(CapturedErrno.ofThread()));

    final MemorySegment memory;

    private CallState(MemorySegment memory) {
        this.memory = memory;
    }

    /** Allocates one, which may be used as long as the arena is open. */
    public static CallState allocate(Arena arena) {
        return new CallState(CapturedErrno.allocate(arena));
    }

    /** The calling thread's. */
    static CallState ofThread() {
        return OF_THREAD.get();
    }

    /** What a call that returned {@code result} is to return: {@code -errno} if it failed. */
    long resultOf(long result) {
        return CapturedErrno.resultOf(result, memory);
    }
}
