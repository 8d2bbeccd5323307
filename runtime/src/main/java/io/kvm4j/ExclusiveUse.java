package io.kvm4j;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use a native resource, and none once it is closed. A second thread is refused rather than
 * made to wait, unless it says otherwise: the first may be inside KVM_RUN for as long as the guest likes.
 */
final class ExclusiveUse {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long PAUSE_NANOS = 20_000;

    private final String resource;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    private volatile boolean closed;
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

    void leave() {
        if (nested > 0) {
            nested--;
        } else {
            user.setRelease(null);
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

    /**
     * Refuses all use from now on, waits a moment for one that is under way, and then releases the resource, unless that
     * was done before.
     *
     * @throws IllegalStateException if the use goes on: nothing is released, and this may be called again
     */
    void close(Runnable release) {
        closed = true;
        awaitEndOfUse();
        try {
            if (!released) {
                release.run();
                released = true;
            }
        } finally {
            leave();
        }
    }

    private void awaitEndOfUse() {
        long start = System.nanoTime();
        while (true) {
            @Nullable Thread other = user.compareAndExchange(null, Thread.currentThread());
            if (other == null) {
                return;
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw inUseBy(other);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private IllegalStateException inUseBy(Thread other) {
        return new IllegalStateException(
                "%s is in use by thread \"%s\": it must return from run() first".formatted(resource, other.getName()));
    }
}
