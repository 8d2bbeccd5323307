package io.kvm4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Cleanup;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What others ask of a vCPU's thread, and how far that thread is. Any thread may call it, except for what is for the
 * vCPU's thread alone. Nothing here waits for a loop while it holds the lock.
 */
final class VcpuControl {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How often a thread that waits sends again a kick that could not be sent. */
    private static final long RESEND_NANOS = 10_000_000;

    private final String name;
    private final Vcpu vcpu;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final VcpuKick kick;

    @GuardedBy("lock")
    private State state = State.NEW;

    @GuardedBy("lock")
    private boolean pauseAsked;

    @GuardedBy("lock")
    private boolean stopAsked;

    @GuardedBy("lock")
    private boolean kickAsked;

    /** Whether something is asked of the loop, so that it need not look under the lock before each run. */
    private volatile boolean asked;

    private enum State {
        /** Not started yet. */
        NEW,
        /** The start failed: it may be repeated, and there is nothing to wait for. */
        UNSTARTABLE,
        RUNNING,
        PAUSED,
        ENDED
    }

    /** @param name what the thread is, for people */
    VcpuControl(Vcpu vcpu, String name) {
        this.vcpu = vcpu;
        this.name = name;
        this.kick = new VcpuKick(vcpu);
    }

    /** Starts the thread, unless it was started before. What {@code start} throws leaves it as one that may be started. */
    void start(Runnable start) {
        lock.lock();
        try {
            if (state != State.NEW && state != State.UNSTARTABLE) {
                throw new IllegalStateException(name + " was started or closed before");
            }
            state = State.UNSTARTABLE;
            start.run();
            state = State.RUNNING;
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** For the vCPU's thread: lets kicks reach it from now on. Returns whether there is anything to run. */
    boolean begin() {
        lock.lock();
        try {
            if (!stopAsked) {
                kick.arm();
            }
            return !stopAsked;
        } finally {
            lock.unlock();
        }
    }

    /** For the vCPU's thread, which is about to end: lets no kick reach it any more. */
    void end() {
        lock.lock();
        try {
            endLocked();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void endLocked() {
        try {
            kick.disarm();
        } finally {
            state = State.ENDED;
            changed.signalAll();
        }
    }

    /** Ends a thread that was not started. Returns whether it was one. */
    boolean endUnstarted() {
        lock.lock();
        try {
            boolean unstarted = state == State.NEW || state == State.UNSTARTABLE;
            if (unstarted) {
                state = State.ENDED;
                changed.signalAll();
            }
            return unstarted;
        } finally {
            lock.unlock();
        }
    }

    boolean isAsked() {
        return asked;
    }

    /**
     * For the vCPU's thread while KVM has nothing to complete: does what was asked. Returns whether the guest is to run
     * on.
     */
    boolean attend() {
        lock.lock();
        try {
            kick.take();
            while (pauseAsked && !stopAsked) {
                state = State.PAUSED;
                changed.signalAll();
                changed.awaitUninterruptibly();
            }
            state = State.RUNNING;
            asked = stopAsked;
            vcpu.immediateExitUnlessClosed(kickAsked);
            return !stopAsked;
        } finally {
            lock.unlock();
        }
    }

    /**
     * For the vCPU's thread: goes on after a run that a signal ended, ours or another. Returns whether the loop is to see
     * it.
     */
    boolean interrupted() {
        lock.lock();
        try {
            kick.takeAfterSignal();
            boolean seen = kickAsked;
            kickAsked = false;
            asked = pauseAsked || stopAsked;
            return seen;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a kick; {@link #interrupt} is to follow. */
    void askForKick() {
        lock.lock();
        try {
            kickAsked = true;
            ask();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a pause; {@link #interrupt} is to follow. */
    void askToPause() {
        lock.lock();
        try {
            pauseAsked = true;
            ask();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the end; {@link #interrupt} is to follow. */
    void askToStop() {
        lock.lock();
        try {
            stopAsked = true;
            changed.signalAll();
            ask();
        } finally {
            lock.unlock();
        }
    }

    /** Makes all later runs return at once. The lock is held. */
    @GuardedBy("lock")
    private void ask() {
        if (state != State.ENDED) {
            asked = true;
            kick.raise();
        }
    }

    /** Ends the run that is under way, once something was asked that makes all later ones return at once. */
    void interrupt() {
        lock.lock();
        try {
            if (asked) {
                kick.send();
            }
        } catch (Throwable e) {
            throw Cleanup.after(e).run(changed::signalAll).rethrow();
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            pauseAsked = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the guest is paused. Returns false if the thread ended or was resumed meanwhile. */
    boolean awaitPause(boolean patiently) throws InterruptedException {
        lock.lock();
        try {
            while (patiently && state == State.RUNNING && pauseAsked) {
                awaitChange();
            }
            return pauseAsked && state != State.RUNNING && state != State.ENDED;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the thread has ended, or its start has failed. */
    void awaitEnd() throws InterruptedException {
        await(false);
    }

    /** Waits as {@link #awaitEnd} does, but not for a thread that was stopped before its start. */
    void awaitEndOfLoop() throws InterruptedException {
        await(true);
    }

    private void await(boolean orStoppedBeforeStart) throws InterruptedException {
        lock.lock();
        try {
            while (!isOver() && !(orStoppedBeforeStart && state == State.NEW && stopAsked)) {
                awaitChange();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The moment until which a close waits that begins now. */
    static long deadline() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    /** Waits for the end until the deadline. */
    void requireEnd(long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (!isOver()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException(
                            "%s was stopped %d s ago and its loop has not returned: it must, once run() returns false"
                                    .formatted(name, PATIENCE.toSeconds()));
                }
                kick.resend();
                changed.awaitNanos(Math.min(left, RESEND_NANOS));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a change, or sends again a kick that could not be sent. The lock is held. */
    @SuppressWarnings("WaitNotInLoop") // its callers loop
    @GuardedBy("lock")
    private void awaitChange() throws InterruptedException {
        if (kick.resend()) {
            changed.await();
        } else {
            changed.awaitNanos(RESEND_NANOS);
        }
    }

    @GuardedBy("lock")
    private boolean isOver() {
        return state == State.ENDED || state == State.UNSTARTABLE;
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopAsked;
        } finally {
            lock.unlock();
        }
    }

    boolean isPaused() {
        lock.lock();
        try {
            return state == State.PAUSED;
        } finally {
            lock.unlock();
        }
    }

    boolean isRunning() {
        lock.lock();
        try {
            return state == State.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    boolean hasEnded() {
        lock.lock();
        try {
            return isOver();
        } finally {
            lock.unlock();
        }
    }
}
