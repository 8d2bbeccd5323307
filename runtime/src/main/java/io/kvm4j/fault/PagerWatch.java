package io.kvm4j.fault;

import io.kvm4j.pages.SourceCalls;
import io.kvm4j.userfaultfd.UffdCalls;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Notices sources that have gone silent and guests that cannot stop, and makes the calls that may take long. */
final class PagerWatch implements Runnable {
    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long PATIENCE_WITH_STOPPING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PagerLifecycle lifecycle;
    private final FaultContexts contexts;
    private final UffdCalls uffd;
    private final BlockingQueue<Runnable> calls;
    private final Consumer<FaultContext> replaceReader;
    private final long patienceNanos;
    private final long tickNanos;

    /** Since when the guest has been seen stopping; not while it isn't. */
    private long stoppingSince;

    private boolean isStopping;

    /**
     * Makes a watch.
     *
     * @param uffd the calls of its thread
     * @param calls the calls to make, in order
     * @param replaceReader starts another thread in place of a reader that is stuck in a source; ignores other threads
     * @param patience how long a source may be silent
     */
    PagerWatch(
            PagerLifecycle lifecycle,
            FaultContexts contexts,
            UffdCalls uffd,
            BlockingQueue<Runnable> calls,
            Consumer<FaultContext> replaceReader,
            Duration patience) {
        this.lifecycle = lifecycle;
        this.contexts = contexts;
        this.uffd = uffd;
        this.calls = calls;
        this.replaceReader = replaceReader;
        this.patienceNanos = patience.toNanos();
        this.tickNanos = Math.clamp(patienceNanos / 4, SHORTEST_TICK_NANOS, LONGEST_TICK_NANOS);
    }

    @Override
    public void run() {
        while (lifecycle.isOpen() || !calls.isEmpty()) {
            try {
                Runnable call = calls.poll(tickNanos, TimeUnit.NANOSECONDS);
                if (call != null) {
                    call.run();
                }
                replaceStuckReaders();
                lookAfterGuest();
            } catch (InterruptedException e) {
                // A callback has interrupted this thread, on which the pager depends: it goes on.
                stoppingSince = System.nanoTime();
            } catch (Throwable t) {
                lifecycle.callbacks().failInPagersThread(t);
            }
        }
    }

    /** A source that has been silent for too long is lost, and so is each thread that waits inside it. */
    private void replaceStuckReaders() {
        for (FaultContext context : contexts.all()) {
            CurrentSource.Lease lease = context.lease();
            if (lease == null || !context.hasReadFor(patienceNanos)) {
                continue;
            }
            lifecycle.sourceLost(
                    lease,
                    new PageSourceException(
                            "the source of pages (%s) has been silent for %d ms"
                                    .formatted(SourceCalls.describe(lease.source), patienceNanos / 1_000_000),
                            null));
            if (context.giveUp(uffd)) {
                replaceReader.accept(context);
            }
        }
    }

    private void lookAfterGuest() {
        boolean wasStopping = isStopping;
        isStopping = lifecycle.callbacks().isStopping();
        if (!wasStopping) {
            stoppingSince = System.nanoTime();
        } else if (isStopping && System.nanoTime() - stoppingSince > PATIENCE_WITH_STOPPING_NANOS) {
            lifecycle.letGuestStop();
        }
    }
}
