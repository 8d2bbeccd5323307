package io.kvm4j;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use a native resource, and none once it is closed. A second thread is refused rather than
 * made to wait, unless it says otherwise: the first may be inside KVM_RUN for as long as the guest likes. A close that
 * cannot wait for that use leaves the release to it.
 */
final class ExclusiveUse {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long PAUSE_NANOS = 20_000;

    private final String resource;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    private volatile boolean closed;

    /** What is released when the use ends that a close could not wait for. */
    private volatile @Nullable Runnable late;

    /** The user's alone. */
    private boolean released;

    /** How many uses of the user's are within another of its own; the user's alone. */
    private int nested;

    /** @param resource what it is, for people */
    ExclusiveUse(String resource) {
        this.resource = resource;
    }

    /**
     * Begins a use, which {@link #leave} must end. A use may be within another one of the same thread.
     *
     * @throws IllegalStateException if another thread uses the resource, or it is closed
     */
    void enter() {
        @Nullable Thread other = user.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            nest(other);
        }
        if (closed) {
            leave();
            requireOpen();
        }
    }

    /**
     * Begins a use as {@link #enter} does, but waits a moment for one that is under way.
     *
     * @throws IllegalStateException if the use goes on, or the resource is closed
     */
    void enterWhenFree() {
        if (user.compareAndExchange(null, Thread.currentThread()) != null) {
            awaitEndOfUse();
        }
        if (closed) {
            leave();
            requireOpen();
        }
    }

    private void nest(Thread other) {
        if (other != Thread.currentThread()) {
            throw inUseBy(other);
        }
        nested++;
    }

    /**
     * Ends a use.
     *
     * @throws RuntimeException if the resource was closed meanwhile, and its release fails now
     */
    void leave() {
        if (nested > 0) {
            nested--;
            return;
        }
        user.set(null);
        if (closed) {
            releaseLate();
        }
    }

    private void releaseLate() {
        Runnable release = late;
        if (release != null && user.compareAndSet(null, Thread.currentThread())) {
            try {
                releaseOnce(release);
            } finally {
                user.set(null);
            }
        }
    }

    private void releaseOnce(Runnable release) {
        if (!released) {
            released = true;
            release.run();
        }
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException(resource + " is closed");
        }
    }

    /** Refuses all use from now on. */
    void refuse() {
        closed = true;
    }

    /**
     * Refuses all use from now on, waits until the deadline for one that is under way, and then releases the resource,
     * unless that was done before. If that use goes on, or is the caller's own, its end releases the resource.
     *
     * @throws IllegalStateException if the use goes on, and is not the caller's own
     */
    void close(long deadline, Runnable release) {
        closed = true;
        @Nullable Thread other = acquireUntil(deadline);
        if (other != null) {
            late = release;
            other = acquireUntil(System.nanoTime());
        }
        if (other == null) {
            try {
                releaseOnce(release);
            } finally {
                leave();
            }
        } else if (other != Thread.currentThread()) {
            throw inUseBy(other);
        }
    }

    /** The moment until which a close waits that begins now. */
    static long deadline() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    private void awaitEndOfUse() {
        @Nullable Thread other = acquireUntil(deadline());
        if (other != null) {
            throw inUseBy(other);
        }
    }

    /** Begins a use once that of another thread has ended. Returns null, or the thread whose use goes on. */
    private @Nullable Thread acquireUntil(long deadline) {
        while (true) {
            @Nullable Thread other = user.compareAndExchange(null, Thread.currentThread());
            if (other == null || other == Thread.currentThread() || System.nanoTime() - deadline >= 0) {
                return other;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private IllegalStateException inUseBy(Thread other) {
        return new IllegalStateException(
                "%s is in use by thread \"%s\": it must return from run() first".formatted(resource, other.getName()));
    }
}
