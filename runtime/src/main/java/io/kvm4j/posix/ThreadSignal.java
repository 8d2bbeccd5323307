package io.kvm4j.posix;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A signal that one thread blocks, and that others send it to make a system call return that unblocks it. Nothing
 * handles it: the thread takes it off itself by {@link #drain}.
 *
 * <p>A thread must not end with the signal pending. HotSpot restores the signal mask of a thread that ends, and then the
 * signal's default action takes place, which for most signals ends the process.
 */
public final class ThreadSignal {
    /** The bytes of a {@code sigset_t} of the kernel, whose bit n - 1 stands for signal n. */
    public static final int KERNEL_SET_BYTES = 8;

    /** The bytes of a {@code sigset_t} of the C library, which starts with the kernel's. */
    private static final int SET_BYTES = 128;

    private static final int TIMESPEC_BYTES = 16;
    private static final int SIG_BLOCK = 0;

    private final int number;
    private final long thread;
    private final long others;
    private final MemorySegment set;
    private final MemorySegment noTime;

    private ThreadSignal(int number) {
        Arena arena = Arena.ofAuto();
        this.number = number;
        this.thread = SystemCalls.pthreadSelf();
        this.noTime = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
        this.set = arena.allocate(SET_BYTES, Long.BYTES);
        set.set(ValueLayout.JAVA_LONG, 0, bit());
        MemorySegment before = arena.allocate(SET_BYTES, Long.BYTES);
        int result = SystemCalls.pthreadSigmask(SIG_BLOCK, set, before);
        if (result < 0) {
            throw ErrnoException.of(-result, "pthread_sigmask", "SIG_BLOCK, signal " + number);
        }
        this.others = before.get(ValueLayout.JAVA_LONG, 0) & ~bit();
    }

    /** Blocks a signal in the calling thread for the rest of its life. */
    public static ThreadSignal blockInCurrentThread(int number) {
        return new ThreadSignal(number);
    }

    /** The signals that the thread blocks beside this one, as the kernel's set. */
    public long otherBlockedSignals() {
        return others;
    }

    /**
     * Sends the signal. Any thread may call it, but not once the receiving thread may have ended.
     *
     * @throws ErrnoException if {@code pthread_kill(3)} fails: with EAGAIN if it is a real-time signal and the user has too
     *     many signals pending (RLIMIT_SIGPENDING)
     */
    public void send() {
        int result = SystemCalls.pthreadKill(thread, number);
        if (result < 0) {
            throw ErrnoException.of(-result, "pthread_kill", "a vCPU's thread, signal " + number);
        }
    }

    /** Takes off the signals that are pending. For the thread itself. */
    public void drain() {
        int taken;
        do {
            taken = SystemCalls.sigtimedwait(set, noTime);
        } while (taken == number || taken == -Errno.EINTR);
    }

    private long bit() {
        return 1L << (number - 1);
    }
}
