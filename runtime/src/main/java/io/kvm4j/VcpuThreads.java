package io.kvm4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Cleanup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The vCPU threads of a VM: one at most for each vCPU, and none runs on when one fails. {@link Vm#threads} returns them; {@link
 * Vcpu#start} starts one. Any thread may call.
 */
public final class VcpuThreads implements Guest {
    /** Replaced, never changed, so that reaching all threads allocates nothing. */
    private volatile List<VcpuThread> unended = List.of();

    // No thread's method is called under the lock, since threads call back.
    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private @Nullable VcpuLoopException failure;

    @GuardedBy("this")
    private boolean told;

    VcpuThreads() {}

    synchronized VcpuThread create(Vcpu vcpu, VcpuLoop loop) {
        requireRoom(vcpu, null);
        VcpuThread thread = new VcpuThread(vcpu, this, loop);
        add(thread);
        return thread;
    }

    @GuardedBy("this")
    private void requireRoom(Vcpu vcpu, @Nullable VcpuThread itself) {
        if (closed) {
            throw new IllegalStateException("the VM is closed");
        }
        vcpu.ioctls();
        VcpuThread present = threadOf(vcpu);
        if (present != null && present != itself) {
            throw new IllegalStateException("vCPU %d has a thread already: close that first".formatted(vcpu.id()));
        }
    }

    /** Takes up a thread that is about to start: again, if it was {@linkplain #unregister given up}. */
    synchronized void register(VcpuThread thread) {
        requireRoom(thread.vcpu(), thread);
        if (!unended.contains(thread)) {
            add(thread);
        }
    }

    /** Gives up a thread that could not be started. */
    synchronized void unregister(VcpuThread thread) {
        unended = unended.stream().filter(t -> t != thread).toList();
    }

    private void add(VcpuThread thread) {
        List<VcpuThread> more = new ArrayList<>(unended);
        more.add(thread);
        unended = List.copyOf(more);
    }

    private @Nullable VcpuThread threadOf(Vcpu vcpu) {
        for (VcpuThread thread : unended) {
            if (thread.vcpu() == vcpu) {
                return thread;
            }
        }
        return null;
    }

    /** Throws what a loop threw first, if one did. */
    void requireNoFailure() {
        VcpuLoopException first;
        synchronized (this) {
            first = failure;
        }
        tell(first);
    }

    /** Forgets a thread that ended; if it failed, stops the others. */
    void ended(VcpuThread thread) {
        VcpuLoopException thrown = thread.failure();
        synchronized (this) {
            unregister(thread);
            if (thrown != null) {
                remember(thrown);
            }
        }
        if (thrown != null) {
            stop();
        }
    }

    @GuardedBy("this")
    private void remember(VcpuLoopException later) {
        if (failure == null) {
            failure = later;
        } else if (failure != later) {
            failure.addSuppressed(later);
        }
    }

    /** Throws what a loop threw, if it did. Who closes the VM because of it must not be thrown the same again. */
    void tell(@Nullable VcpuLoopException thrown) {
        if (thrown != null) {
            synchronized (this) {
                told |= thrown == failure;
            }
            throw thrown;
        }
    }

    /** Throws what a loop threw first, unless somebody was told. */
    void tellOnce() {
        VcpuLoopException untold;
        synchronized (this) {
            untold = told ? null : failure;
        }
        tell(untold);
    }

    /**
     * Asks all vCPU threads to pause, as {@link VcpuThread#pause} does, and does not wait: a loop may be waiting for something
     * that must happen first, or its guest for a page.
     */
    @Override
    public void pause() {
        interruptAll(VcpuThread::askToPause);
    }

    /**
     * Pauses all vCPU threads, and returns when all guests have stopped.
     *
     * @throws InterruptedException if the caller is interrupted; the threads pause all the same
     */
    public void pauseAndWait() throws InterruptedException {
        pause();
        awaitPause();
    }

    /** Stops all vCPU threads, as {@link VcpuThread#stop} does, without waiting for their ends. */
    @Override
    public void stop() {
        interruptAll(VcpuThread::askToStop);
    }

    /**
     * Asks something of all threads before the first is interrupted: from then on none begins another run, whatever becomes
     * of the signals.
     */
    private void interruptAll(Consumer<VcpuThread> ask) {
        List<VcpuThread> threads = unended;
        Cleanup all = new Cleanup();
        for (VcpuThread thread : threads) {
            all.run(() -> ask.accept(thread));
        }
        for (VcpuThread thread : threads) {
            all.run(thread::interrupt);
        }
        all.finish();
    }

    /**
     * Returns when the guests of all vCPU threads have paused after {@link #pause}, or were resumed meanwhile.
     *
     * @throws InterruptedException if the caller is interrupted; the threads pause all the same
     */
    @Override
    public void awaitPause() throws InterruptedException {
        for (VcpuThread thread : unended) {
            thread.awaitPause();
        }
    }

    /** Returns whether no vCPU thread runs its guest: each is paused, has not started, or has ended. True if there is none. */
    public boolean arePaused() {
        return unended.stream().noneMatch(VcpuThread::isRunning);
    }

    /** Runs all vCPU threads on. */
    @Override
    public void resume() {
        unended.forEach(VcpuThread::resume);
    }

    /** Returns whether all vCPU threads that have not ended were told to stop, and there is one. */
    @Override
    public boolean isStopping() {
        List<VcpuThread> threads = unended;
        return !threads.isEmpty() && threads.stream().allMatch(VcpuThread::isStopped);
    }

    /**
     * Waits until all vCPU threads have ended.
     *
     * @throws VcpuLoopException if a loop threw; what others threw later is suppressed in it
     * @throws InterruptedException if the caller is interrupted; the threads go on
     * @throws IllegalStateException if the caller is one of the threads
     */
    public void join() throws InterruptedException {
        for (VcpuThread thread : unended) {
            thread.awaitEndOfLoop();
        }
        requireNoFailure();
    }

    /** Stops the thread of a vCPU, if it has one, and waits for its end. */
    void close(Vcpu vcpu) {
        VcpuThread thread = threadOf(vcpu);
        if (thread != null) {
            thread.close();
        }
    }

    /** Stops all threads and waits for their ends; there will be no others. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        long deadline = VcpuControl.deadline();
        Cleanup all = new Cleanup().run(this::stop);
        for (VcpuThread thread : unended) {
            all.run(() -> thread.endBy(deadline));
        }
        all.finish();
    }
}
