package io.kvm4j.fault;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Sees workers whose source has gone silent, and guests that cannot stop, and makes the calls that may take long. */
final class PagerWatch implements Runnable {
    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long PATIENCE_WITH_STOPPING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PagerCore pager;
    private final long patienceNanos;
    private final long tickNanos;
    private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();

    /** Since when the guest has been seen stopping; not while it isn't. */
    private long stoppingSince;

    private boolean isStopping;

    PagerWatch(PagerCore pager, Duration patience) {
        this.pager = pager;
        this.patienceNanos = patience.toNanos();
        this.tickNanos = Math.clamp(patienceNanos / 4, SHORTEST_TICK_NANOS, LONGEST_TICK_NANOS);
    }

    /** Has a call made, after those before it. */
    void call(Runnable call) {
        calls.add(call);
    }

    @Override
    public void run() {
        while (pager.isOpen() || !calls.isEmpty()) {
            try {
                Runnable call = calls.poll(tickNanos, TimeUnit.NANOSECONDS);
                if (call != null) {
                    call.run();
                }
                pager.replaceStuckWorkers(patienceNanos);
                lookAfterGuest();
            } catch (InterruptedException e) {
                // A callback has interrupted this thread, on which the pager depends: it goes on.
                stoppingSince = System.nanoTime();
            } catch (Throwable t) {
                pager.callbacks.failInPagersThread(t);
            }
        }
    }

    private void lookAfterGuest() {
        boolean wasStopping = isStopping;
        isStopping = pager.callbacks.isStopping();
        if (!wasStopping) {
            stoppingSince = System.nanoTime();
        } else if (isStopping && System.nanoTime() - stoppingSince > PATIENCE_WITH_STOPPING_NANOS) {
            pager.letGuestStop();
        }
    }
}
