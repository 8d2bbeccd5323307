package io.kvm4j;

import io.kvm4j.posix.ThreadSignal;
import io.kvm4j.uapi.KvmExit;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs one vCPU, and that others can pause, resume and stop though the guest never exits. What to do with
 * the exits is the loop's matter:
 *
 * <pre>{@code
 * VcpuThread thread = vcpu.start(cpu -> {
 *     while (cpu.run()) {
 *         switch (cpu.exit()) {
 *             case KvmExit.Io io when io.isOut() -> io.copyTo(System.out);
 *             case KvmExit.Hlt _ -> { return; }
 *             case KvmExit other -> throw new UnhandledExitException(other);
 *         }
 *     }
 * });
 * thread.join();
 * }</pre>
 *
 * <p>A pause or a stop takes effect in {@link #run}, never while the loop handles an exit, and leaves nothing half done:
 * an exit that KVM completes at the next run, such as the input of a port, is completed before. Both reach a guest that
 * spins, or sleeps in HLT, within the time that a signal takes. What the loop itself waits for, they do not end.
 *
 * <p>A loop that throws stops all vCPU threads of the VM. {@link #join}, {@link Vm#joinVcpus}, or in the end
 * {@link Vm#close} throw what it threw. A loop that returns ends its own thread alone.
 *
 * <p>{@link #run} and {@link #exit} are for the loop; any thread may call everything else at any time, the loop included.
 * While the thread is paused, and after its end, any thread may use the vCPU. The thread does not keep the JVM alive.
 *
 * <p>It blocks the real-time signal {@value #KICK}, which the program must leave alone, and has no handler for it.
 */
public final class VcpuThread implements AutoCloseable {
    /** One that neither the C library nor HotSpot uses. */
    private static final int KICK = 40;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Vcpu vcpu;
    private final VcpuThreads siblings;
    private final VcpuLoop loop;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private State state = State.NEW;
    private boolean pauseAsked;
    private boolean stopAsked;
    private boolean kickAsked;
    private @Nullable ThreadSignal signal;
    private boolean signalIsPending;

    /** Whether something is asked of the loop, so that {@link #run} need not look under the lock each time. */
    private volatile boolean asked;

    private volatile @Nullable VcpuLoopException failure;

    // The thread's own.
    private boolean unfinished = true;
    private @Nullable KvmExit exit;

    private enum State {
        NEW,
        RUNNING,
        PAUSED,
        ENDED
    }

    VcpuThread(Vcpu vcpu, VcpuThreads siblings, VcpuLoop loop) {
        this.vcpu = vcpu;
        this.siblings = siblings;
        this.loop = loop;
        this.thread = new LoopThread(this::live, "vcpu-" + vcpu.id());
    }

    /** A thread that is in a loop: it does not wait for others of its kind, which may be waiting for it. */
    private static final class LoopThread extends Thread {
        LoopThread(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }
    }

    /**
     * Starts the thread. It runs the guest at once, unless it was paused before; if it was stopped before, it ends
     * without calling its loop.
     *
     * @throws IllegalStateException if it was started or closed before
     * @throws VcpuLoopException if a loop of the VM failed before
     */
    public void start() {
        siblings.requireNoFailure();
        lock.lock();
        try {
            if (state != State.NEW) {
                throw new IllegalStateException(this + " was started or closed before");
            }
            thread.start();
            state = State.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    private void live() {
        try {
            if (begin()) {
                loop.run(this);
            }
        } catch (InterruptedException e) {
            if (!isStopped()) {
                fail(e);
            }
        } catch (Throwable t) {
            fail(t);
        } finally {
            end();
        }
    }

    private void fail(Throwable t) {
        failure = new VcpuLoopException(vcpu.id(), t);
    }

    /** Makes the thread one that a kick reaches. Returns whether there is anything to run. */
    private boolean begin() {
        lock.lock();
        try {
            if (stopAsked) {
                return false;
            }
            ThreadSignal blocked = ThreadSignal.blockInCurrentThread(KICK);
            vcpu.setSignalMask(blocked.otherBlockedSignals());
            signal = blocked;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        try {
            vcpu.clearSignalMask();
        } catch (RuntimeException e) {
            if (failure == null) {
                fail(e);
            }
        } finally {
            endKicks();
            siblings.ended(this);
        }
    }

    /** Sees to it that no kick is pending, and none will come: a pending one would end the JVM with this thread. */
    private void endKicks() {
        lock.lock();
        try {
            state = State.ENDED;
            takeKick();
            signal = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs the guest until it exits; waits first while the thread is paused. Allocates nothing.
     *
     * @return whether there is an exit to handle; if not, the thread is stopped, and the loop is to return
     * @throws io.kvm4j.uapi.ErrnoException if KVM_RUN fails
     * @throws IllegalStateException if this is not the loop's thread, or another one uses the vCPU without end
     */
    public boolean run() {
        requireLoop();
        try {
            while (!asked || unfinished || attend()) {
                KvmExit now = vcpu.runWhenFree();
                unfinished = !(now instanceof KvmExit.Intr);
                if (unfinished || interrupted()) {
                    show(now);
                    return true;
                }
            }
            return false;
        } catch (IllegalStateException e) {
            if (vcpu.isClosed()) {
                return false;
            }
            throw e;
        }
    }

    /** Stores it only if it is another one: a reference that is stored marks its card, which vCPUs on other threads share. */
    private void show(KvmExit now) {
        if (exit != now) {
            exit = now;
        }
    }

    /**
     * The exit that {@link #run} came back for: the vCPU's view, which may be read until the next run. It is never a
     * {@link KvmExit.Intr}, unless {@link #kick} asked for one.
     *
     * @throws IllegalStateException if this is not the loop's thread, or nothing has run yet
     */
    public KvmExit exit() {
        requireLoop();
        if (exit == null) {
            throw new IllegalStateException(this + " has not run yet");
        }
        return exit;
    }

    private void requireLoop() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("only the loop of " + this + " may run it, not thread \""
                    + Thread.currentThread().getName() + '"');
        }
    }

    /** Does what was asked while KVM has nothing to complete. Returns whether the guest is to run on. */
    private boolean attend() {
        lock.lock();
        try {
            takeKick();
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

    /** Goes on after a run that a signal ended, ours or another. Returns whether the loop shall see it. */
    private boolean interrupted() {
        lock.lock();
        try {
            takeKick();
            boolean told = kickAsked;
            kickAsked = false;
            asked = pauseAsked || stopAsked;
            return told;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the next run, or the one that is under way, return at once. The lock is held. */
    private void ask() {
        if (state == State.ENDED) {
            return;
        }
        vcpu.immediateExitUnlessClosed(true);
        asked = true;
        if (signal != null && !signalIsPending) {
            signal.send();
            signalIsPending = true;
        }
    }

    /** Undoes what {@link #ask} did to the vCPU and its thread, which is the caller. The lock is held. */
    private void takeKick() {
        vcpu.immediateExitUnlessClosed(false);
        if (signal != null && signalIsPending) {
            signal.drain();
            signalIsPending = false;
        }
    }

    /**
     * Makes {@link #run} return {@link KvmExit.Intr} once, so that the loop can look after something else. A paused
     * thread does so when it is resumed. Kicks that come before the loop has seen an earlier one are one with it.
     */
    public void kick() {
        lock.lock();
        try {
            kickAsked = true;
            ask();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops the guest where it is, and waits until it stands. A loop that calls this, be it of this or another vCPU, does
     * not wait.
     *
     * @return whether the thread is paused now: false if it ended, or was resumed meanwhile
     * @throws InterruptedException if the caller is interrupted; the thread pauses all the same
     */
    public boolean pause() throws InterruptedException {
        askToPause();
        return awaitPause();
    }

    void askToPause() {
        lock.lock();
        try {
            pauseAsked = true;
            ask();
        } finally {
            lock.unlock();
        }
    }

    boolean awaitPause() throws InterruptedException {
        lock.lock();
        try {
            while (state == State.RUNNING && pauseAsked && !isInLoop()) {
                changed.await();
            }
            return pauseAsked && (state == State.PAUSED || state == State.NEW);
        } finally {
            lock.unlock();
        }
    }

    /** Lets the guest run on after {@link #pause}. Does nothing to a thread that is not paused. */
    public void resume() {
        lock.lock();
        try {
            pauseAsked = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes {@link #run} return false from now on, and does not wait for the thread to end. A paused thread ends without
     * being resumed.
     */
    public void stop() {
        lock.lock();
        try {
            stopAsked = true;
            changed.signalAll();
            ask();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the thread has ended.
     *
     * @throws VcpuLoopException if its loop threw
     * @throws InterruptedException if the caller is interrupted; the thread goes on
     * @throws IllegalStateException if the caller is the thread itself
     */
    public void join() throws InterruptedException {
        awaitEnd();
        siblings.tell(failure);
    }

    void awaitEnd() throws InterruptedException {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException(this + " cannot wait for its own end");
        }
        lock.lock();
        try {
            while (state != State.ENDED) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        thread.join();
    }

    /**
     * Stops the thread and waits until it has ended; a loop that calls this, be it of this or another vCPU, does not wait.
     * What a loop threw is not for this to tell.
     *
     * @throws IllegalStateException if the loop does not come back from handling an exit: this may be called again
     */
    @Override
    public void close() {
        stop();
        if (endUnstarted()) {
            siblings.ended(this);
        } else if (!isInLoop()) {
            awaitEndPatiently();
        }
    }

    private boolean endUnstarted() {
        lock.lock();
        try {
            boolean unstarted = state == State.NEW;
            if (unstarted) {
                state = State.ENDED;
                changed.signalAll();
            }
            return unstarted;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end whether interrupted or not, as long as patience lasts. */
    private void awaitEndPatiently() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            while (thread.isAlive()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException(
                            "%s was stopped %d s ago and its loop has not returned: it must, once run() returns false"
                                    .formatted(this, PATIENCE.toSeconds()));
                }
                try {
                    thread.join(Duration.ofNanos(left));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static boolean isInLoop() {
        return Thread.currentThread() instanceof LoopThread;
    }

    /** Whether {@link #stop} was called, or a loop of the VM failed. */
    public boolean isStopped() {
        lock.lock();
        try {
            return stopAsked;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the guest stands still because of {@link #pause}. */
    public boolean isPaused() {
        lock.lock();
        try {
            return state == State.PAUSED;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the loop is over, or will never begin. */
    public boolean hasEnded() {
        lock.lock();
        try {
            return state == State.ENDED;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    VcpuLoopException failure() {
        return failure;
    }

    /** The vCPU that it runs. */
    public Vcpu vcpu() {
        return vcpu;
    }

    /** The thread itself, for its name and priority. An interrupt is between its sender and what the loop waits for. */
    public Thread thread() {
        return thread;
    }

    /** What it is, for people. */
    @Override
    public String toString() {
        return "the thread of vCPU " + vcpu.id();
    }
}
