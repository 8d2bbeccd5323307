package io.kvm4j.posix;

import io.kvm4j.uapi.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Delays signals of the calling thread, so that a system call which stops at a pending signal runs to its end. The signals
 * that a faulting instruction raises stay unblocked, since HotSpot needs them at any time. All others arrive when the shield
 * is lowered: HotSpot waits for the one by which it suspends a thread, and those to the process go to other threads.
 * SIGKILL, SIGSTOP and a debugger cannot be blocked.
 *
 * <p>One thread at a time may use a shield, and must lower it before it raises it again. Nothing here allocates.
 */
public final class SignalShield {
    /** The bytes of a {@code sigset_t} of the C library, which starts with the kernel's. */
    private static final int SET_BYTES = 128;

    private static final int SIG_BLOCK = 0;
    private static final int SIG_SETMASK = 2;

    /** SIGILL, SIGTRAP, SIGBUS, SIGFPE and SIGSEGV: bit n - 1 stands for signal n. */
    private static final long OF_FAULTS = 1L << 3 | 1L << 4 | 1L << 6 | 1L << 7 | 1L << 10;

    private final MemorySegment blocked;
    private final MemorySegment before;

    /** Makes a shield that is not raised yet. */
    public SignalShield() {
        Arena arena = Arena.ofAuto();
        this.blocked = arena.allocate(SET_BYTES, Long.BYTES);
        this.before = arena.allocate(SET_BYTES, Long.BYTES);
        blocked.set(ValueLayout.JAVA_LONG, 0, ~OF_FAULTS);
    }

    /** Blocks the signals in the calling thread. */
    public void raise() {
        mask(SIG_BLOCK, blocked, before);
    }

    /** Blocks only those that were blocked before, in the thread that raised the shield. */
    public void lower() {
        mask(SIG_SETMASK, before, MemorySegment.NULL);
    }

    private static void mask(int how, MemorySegment set, MemorySegment old) {
        int result = SystemCalls.pthreadSigmask(how, set, old);
        if (result < 0) {
            throw ErrnoException.of(-result, "pthread_sigmask", how == SIG_BLOCK ? "SIG_BLOCK" : "SIG_SETMASK");
        }
    }
}
