package io.kvm4j.fault;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Sees workers whose source has gone silent, and makes the calls that may take long. */
final class PagerWatch implements Runnable {
    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final PagerCore pager;
    private final long patienceNanos;
    private final long tickNanos;
    private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();

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
            } catch (InterruptedException e) {
                return;
            } catch (Throwable t) {
                pager.fail(t);
            }
        }
    }
}
