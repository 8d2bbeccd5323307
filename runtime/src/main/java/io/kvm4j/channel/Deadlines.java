package io.kvm4j.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection when a read, a write or everything together takes too long. A thread of its own waits for that, since
 * no timeout bounds a blocking write. Beginning and finishing a read or a write allocates nothing and wakes nobody.
 */
final class Deadlines {
    private static final long NONE = Long.MAX_VALUE;

    /** What takes too long. */
    private static final class Limit {
        private final String overrun;
        private long nanos = NONE;
        private boolean runs;
        private long since;

        Limit(String overrun) {
            this.overrun = overrun;
        }

        long left(long now) {
            return runs && nanos != NONE ? nanos - (now - since) : NONE;
        }
    }

    private final Runnable onOverrun;

    @GuardedBy("this")
    private final Limit read = new Limit("the other end was silent for %d ms");

    @GuardedBy("this")
    private final Limit write = new Limit("the other end did not read what it was sent within %d ms");

    @GuardedBy("this")
    private final Limit all = new Limit("the other end took more than %d ms in all");

    @GuardedBy("this")
    private boolean watched;

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private @Nullable String overrun;

    /** @param onOverrun ends the connection; called once at most, by a thread of this object */
    Deadlines(Runnable onOverrun) {
        this.onOverrun = onOverrun;
    }

    /** Sets how long each read may take from now on; null for any time. */
    synchronized void limitReads(@Nullable Duration limit) {
        set(read, limit);
    }

    /** Sets how long each write may take from now on; null for any time. */
    synchronized void limitWrites(@Nullable Duration limit) {
        set(write, limit);
    }

    /** Sets how long everything may take from now on, until this is called again; null for any time. */
    synchronized void limitAll(@Nullable Duration limit) {
        all.runs = true;
        all.since = System.nanoTime();
        set(all, limit);
    }

    @GuardedBy("this")
    private void set(Limit limit, @Nullable Duration duration) {
        limit.nanos = duration == null ? NONE : nanos(duration);
        if (!watched && !ended && limit.nanos != NONE) {
            watched = true;
            Thread.ofPlatform().name("connection-deadlines").daemon().start(this::watch);
        }
        notifyAll();
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return NONE;
        }
    }

    synchronized void beginRead() {
        begin(read);
    }

    synchronized void endRead() {
        read.runs = false;
    }

    synchronized void beginWrite() {
        begin(write);
    }

    synchronized void endWrite() {
        write.runs = false;
    }

    private static void begin(Limit limit) {
        limit.runs = true;
        limit.since = System.nanoTime();
    }

    /** Ends the watch. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Why the connection was ended, or null if no limit has ended it. */
    synchronized @Nullable String overrun() {
        return overrun;
    }

    private void watch() {
        if (awaitOverrun()) {
            onOverrun.run();
        }
    }

    /** Waits until a limit is overrun, or the connection has ended. Returns whether it was a limit. */
    private synchronized boolean awaitOverrun() {
        while (!ended) {
            long now = System.nanoTime();
            Limit next = first(now);
            long left = next.left(now);
            if (left <= 0) {
                overrun = next.overrun.formatted(Duration.ofNanos(next.nanos).toMillis());
                return true;
            }
            // What begins later ends later than this.
            waitFor(Math.min(left, Math.min(read.nanos, write.nanos)));
        }
        return false;
    }

    @GuardedBy("this")
    private Limit first(long now) {
        Limit first = read.left(now) <= write.left(now) ? read : write;
        return first.left(now) <= all.left(now) ? first : all;
    }

    @SuppressWarnings("WaitNotInLoop") // its caller loops
    private void waitFor(long nanos) {
        try {
            if (nanos == NONE) {
                wait();
            } else {
                wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; the loop looks again.
        }
    }
}
