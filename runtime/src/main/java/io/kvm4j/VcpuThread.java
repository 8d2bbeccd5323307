package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.KvmExit;
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
 * <p>A loop that throws stops all vCPU threads of the VM. {@link #join}, {@link VcpuThreads#join}, or in the end
 * {@link Vm#close} throw what it threw. A loop that returns ends its own thread alone.
 *
 * <p>{@link #run} and {@link #exit} are for the loop; any thread may call everything else at any time, the loop included.
 * While the thread is paused, and after its end, any thread may use the vCPU. The thread does not keep the JVM alive.
 *
 * <p>It blocks the signal SIGURG, by which it is kicked: leave that signal to it. It needs no handler, and no room in the
 * user's queue of signals (RLIMIT_SIGPENDING).
 */
public final class VcpuThread implements AutoCloseable {
    private final Vcpu vcpu;
    private final VcpuThreads siblings;
    private final VcpuLoop loop;
    private final Thread thread;
    private final VcpuControl control;
    private volatile @Nullable VcpuLoopException failure;

    // The thread's own.
    private boolean unfinished = true;
    private @Nullable KvmExit exit;

    VcpuThread(Vcpu vcpu, VcpuThreads siblings, VcpuLoop loop) {
        this.vcpu = vcpu;
        this.siblings = siblings;
        this.loop = loop;
        this.control = new VcpuControl(vcpu, toString());
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
     * without calling its loop. If the start fails, nothing waits for this thread, the vCPU may get another one, and the
     * start may be repeated as long as it has not.
     *
     * @throws IllegalStateException if it was started or closed before, or the vCPU has another thread
     * @throws VcpuLoopException if a loop of the VM failed before
     * @throws OutOfMemoryError if the host has no room for another thread
     */
    public void start() {
        control.start(this::startThread);
    }

    private void startThread() {
        try {
            siblings.requireNoFailure();
            siblings.register(this);
            thread.start();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(() -> siblings.unregister(this)).rethrow();
        }
    }

    private void live() {
        try {
            if (control.begin()) {
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

    /** Sees to it that no kick is pending, and none will come, when the thread ends. */
    private void end() {
        Throwable failed =
                new Cleanup().run(vcpu::clearSignalMask).run(control::end).failure();
        if (failed != null && failure == null) {
            fail(failed);
        }
        siblings.ended(this);
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
            while (!control.isAsked() || unfinished || control.attend()) {
                KvmExit now = vcpu.runWhenFree();
                unfinished = !(now instanceof KvmExit.Intr);
                if (unfinished || control.interrupted()) {
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

    /**
     * Makes {@link #run} return {@link KvmExit.Intr} once, so that the loop can look after something else. A paused
     * thread does so when it is resumed. Kicks that come before the loop has seen an earlier one are one with it.
     */
    public void kick() {
        control.askForKick();
        control.interrupt();
    }

    /**
     * Stops the guest where it is, and waits until it has stopped. A loop that calls this, be it of this or another vCPU,
     * does not wait.
     *
     * @return whether the thread is paused now: false if it ended, or was resumed meanwhile
     * @throws InterruptedException if the caller is interrupted; the thread pauses all the same
     */
    public boolean pause() throws InterruptedException {
        askToPause();
        interrupt();
        return awaitPause();
    }

    /** Asks for a pause; {@link #interrupt} is to follow. */
    void askToPause() {
        control.askToPause();
    }

    /** Ends the run that is under way, once all threads have been asked. */
    void interrupt() {
        control.interrupt();
    }

    boolean awaitPause() throws InterruptedException {
        return control.awaitPause(!isInLoop());
    }

    /** Lets the guest run on after {@link #pause}. Does nothing to a thread that is not paused. */
    public void resume() {
        control.resume();
    }

    /**
     * Makes {@link #run} return false from now on, and does not wait for the thread to end. A paused thread ends without
     * being resumed.
     */
    public void stop() {
        askToStop();
        interrupt();
    }

    /** Asks for a stop; {@link #interrupt} is to follow. */
    void askToStop() {
        control.askToStop();
    }

    /**
     * Waits until the thread has ended. Does not wait for one whose start failed.
     *
     * @throws VcpuLoopException if its loop threw
     * @throws InterruptedException if the caller is interrupted; the thread goes on
     * @throws IllegalStateException if the caller is the thread itself
     */
    public void join() throws InterruptedException {
        requireOther();
        control.awaitEnd();
        thread.join();
        siblings.tell(failure);
    }

    /** Waits for the end of the loop, if it has begun or may yet begin. */
    void awaitEndOfLoop() throws InterruptedException {
        requireOther();
        control.awaitEndOfLoop();
        thread.join();
    }

    private void requireOther() {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException(this + " cannot wait for its own end");
        }
    }

    /**
     * Stops the thread and waits until it has ended; a loop that calls this, be it of this or another vCPU, does not wait.
     * It does not throw what a loop threw.
     *
     * @throws IllegalStateException if the loop does not return from handling an exit within 10 seconds. The thread ends by
     *     itself once the loop returns
     */
    @Override
    public void close() {
        new Cleanup().run(this::stop).run(() -> endBy(VcpuControl.deadline())).finish();
    }

    /** Ends a thread that was stopped: at once if it was not started, else by waiting for it until the deadline. */
    void endBy(long deadline) {
        if (control.endUnstarted()) {
            siblings.ended(this);
        } else if (!isInLoop()) {
            awaitEndUntil(deadline);
        }
    }

    private void awaitEndUntil(long deadline) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    control.requireEnd(deadline);
                    thread.join();
                    return;
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
        return control.isStopped();
    }

    /** Whether the guest is stopped because of {@link #pause}. */
    public boolean isPaused() {
        return control.isPaused();
    }

    /** Whether the thread was started and has neither paused nor ended. */
    boolean isRunning() {
        return control.isRunning();
    }

    /** Whether the loop has ended, or will not begin unless a {@link #start} that failed is repeated. */
    public boolean hasEnded() {
        return control.hasEnded();
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
