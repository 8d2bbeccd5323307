package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.ThreadSignal;
import org.jspecify.annotations.Nullable;

/**
 * Makes a vCPU's thread return from KVM_RUN: by a flag that KVM reads before it runs the guest, and by a signal that ends
 * a run that is under way. Not thread-safe: its {@link VcpuThread} calls it under its lock.
 *
 * <p>The signal is SIGURG, because
 *
 * <ul>
 *   <li>it is below SIGRTMIN. Linux delivers such a signal even if the user has used up RLIMIT_SIGPENDING, which counts
 *       the queued signals of all processes of a user; a real-time signal then fails with EAGAIN;
 *   <li>neither HotSpot (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGPIPE, SIGXFSZ, SIGQUIT, SIGHUP, SIGINT, SIGTERM,
 *       SIGUSR2), profilers (SIGPROF, SIGVTALRM), the JDK (SIGCHLD, SIGRTMAX - 2) nor the C library (32, 33) uses it;
 *   <li>it is ignored by default, so that one that arrives at a thread that no longer blocks it harms nothing. Linux
 *       discards an ignored signal only if the receiver does not block it, and inside KVM_RUN the thread still counts as
 *       blocking it (task_struct.real_blocked).
 * </ul>
 */
final class VcpuKick {
    /** SIGURG, the same number on every architecture that KVM runs on but MIPS. */
    static final int SIGURG = 23;

    private static final int ATTEMPTS = 3;

    private final Vcpu vcpu;
    private @Nullable ThreadSignal signal;

    /** Whether a signal was sent that the thread has not taken. */
    private boolean pending;

    /** Whether a signal is still to be sent, since the last attempts failed. */
    private boolean owed;

    VcpuKick(Vcpu vcpu) {
        this.vcpu = vcpu;
    }

    /** Lets kicks reach the calling thread, which is the vCPU's from now on. */
    void arm() {
        ThreadSignal blocked = ThreadSignal.blockInCurrentThread(SIGURG);
        vcpu.setSignalMask(blocked.otherBlockedSignals());
        signal = blocked;
    }

    /** Makes every run return at once that has not begun. */
    void raise() {
        vcpu.immediateExitUnlessClosed(true);
    }

    /**
     * Ends a run that is under way. One attempt is not all: if none succeeds, the failure is thrown, and {@link #resend}
     * tries again.
     */
    void send() {
        if (signal == null || pending) {
            return;
        }
        owed = true;
        Cleanup attempts = new Cleanup();
        for (int i = 0; i < ATTEMPTS && owed; i++) {
            attempts.run(this::attempt);
        }
        if (owed) {
            attempts.finish();
        }
    }

    /**
     * Sends what {@link #send} could not, and throws nothing, since the failure was thrown before.
     *
     * @return whether nothing is left to be sent
     */
    boolean resend() {
        if (owed) {
            new Cleanup().run(this::attempt);
        }
        return !owed;
    }

    private void attempt() {
        if (signal != null) {
            signal.send();
            pending = true;
            owed = false;
        }
    }

    /** Takes back a kick that the thread, which is the caller, has noticed. */
    void take() {
        vcpu.immediateExitUnlessClosed(false);
        owed = false;
        if (pending) {
            drain();
        }
    }

    /**
     * Takes back a kick after a signal has ended a run: whether it was a kick, or this signal came from elsewhere, as long
     * as it is pending no guest runs.
     */
    void takeAfterSignal() {
        vcpu.immediateExitUnlessClosed(false);
        owed = false;
        drain();
    }

    private void drain() {
        if (signal != null) {
            signal.drain();
            pending = false;
        }
    }

    /** Lets no kick reach the calling thread any more, which is about to end. */
    void disarm() {
        try {
            take();
        } finally {
            signal = null;
        }
    }
}
