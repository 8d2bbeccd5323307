package io.kvm4j.fault;

import io.kvm4j.posix.Cleanup;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The threads of a pager: started by any thread, and ended by the one that closes the pager. */
final class PagerThreads {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final List<Running> threads = new CopyOnWriteArrayList<>();

    /** A thread and what it runs. */
    private record Running(Thread thread, Runnable task) {
        /** Whether it is stuck in a source that was given up: it does nothing more, and cannot be waited for. */
        boolean isReplaced() {
            return task instanceof FaultReader reader && reader.isReplaced();
        }

        /** The watch has calls to finish; the others may be inside a source. */
        boolean mayBeInterrupted() {
            return !(task instanceof PagerWatch);
        }

        /** Whether there is something to wait for: a thread that could not be started has not begun, and never ends. */
        boolean isAwaited() {
            return thread.isAlive() && thread != Thread.currentThread() && !isReplaced();
        }
    }

    /** Starts a thread. */
    void start(String name, Runnable task) {
        Thread thread = Thread.ofPlatform().name(name).daemon().unstarted(task);
        threads.add(new Running(thread, task));
        thread.start();
    }

    /** Whether the calling thread is one of these. */
    boolean areCurrent() {
        for (Running running : threads) {
            if (running.thread == Thread.currentThread()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Waits until all have ended, other than the calling thread, or a time has come.
     *
     * @param wakeUp ends their waiting; it is done again while one does not end, since it may fail
     * @param deadline by {@link System#nanoTime}
     */
    void awaitEnd(Cleanup.Step wakeUp, long deadline) {
        Cleanup cleanup = new Cleanup().run(wakeUp);
        boolean interrupted = Thread.interrupted();
        for (Running running : threads) {
            if (running.mayBeInterrupted()) {
                running.thread.interrupt();
            }
            while (running.isAwaited() && System.nanoTime() < deadline) {
                interrupted |= !join(running.thread);
                if (running.isAwaited()) {
                    cleanup.run(wakeUp);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        cleanup.finish();
    }

    /** Waits a little. Returns false if the caller was interrupted meanwhile. */
    private static boolean join(Thread thread) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, SLICE_NANOS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
