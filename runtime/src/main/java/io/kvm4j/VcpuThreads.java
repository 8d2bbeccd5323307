package io.kvm4j;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vCPU threads of a VM: one at most for each vCPU, and none goes on when one fails. No thread's method is called under
 * the lock, since threads call back.
 */
final class VcpuThreads {
    private final List<VcpuThread> unended = new ArrayList<>();
    private boolean closed;
    private @Nullable VcpuLoopException failure;
    private boolean told;

    synchronized VcpuThread create(Vcpu vcpu, VcpuLoop loop) {
        if (closed) {
            throw new IllegalStateException("the VM is closed");
        }
        vcpu.ioctls();
        if (threadOf(vcpu) != null) {
            throw new IllegalStateException("vCPU %d has a thread already: close that first".formatted(vcpu.id()));
        }
        VcpuThread thread = new VcpuThread(vcpu, this, loop);
        unended.add(thread);
        return thread;
    }

    private synchronized @Nullable VcpuThread threadOf(Vcpu vcpu) {
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
            unended.remove(thread);
            if (thrown != null) {
                remember(thrown);
            }
        }
        if (thrown != null) {
            stop();
        }
    }

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

    void askToPause() {
        snapshot().forEach(VcpuThread::askToPause);
    }

    void awaitPaused() throws InterruptedException {
        for (VcpuThread thread : snapshot()) {
            thread.awaitPause();
        }
    }

    void resume() {
        snapshot().forEach(VcpuThread::resume);
    }

    void stop() {
        snapshot().forEach(VcpuThread::stop);
    }

    boolean areStopping() {
        List<VcpuThread> threads = snapshot();
        return !threads.isEmpty() && threads.stream().allMatch(VcpuThread::isStopped);
    }

    void join() throws InterruptedException {
        for (VcpuThread thread : snapshot()) {
            thread.awaitEnd();
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
        stop();
        snapshot().forEach(VcpuThread::close);
    }

    private synchronized List<VcpuThread> snapshot() {
        return List.copyOf(unended);
    }
}
