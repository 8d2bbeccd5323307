package io.kvm4j;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use a native resource, and none once it is closed. A second thread is refused rather than
 * made to wait: the first may be inside KVM_RUN for as long as the guest likes.
 */
final class ExclusiveUse {
    private final String resource;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    private volatile boolean closed;

    /** @param resource what it is, for people */
    ExclusiveUse(String resource) {
        this.resource = resource;
    }

    /**
     * Begins a use, which {@link #leave} must end.
     *
     * @throws IllegalStateException if another thread uses the resource, or it is closed
     */
    void enter() {
        Thread current = Thread.currentThread();
        @Nullable Thread other = user.compareAndExchange(null, current);
        if (other != null) {
            throw new IllegalStateException("%s is in use by thread \"%s\": it must return from run() first"
                    .formatted(resource, other.getName()));
        }
        if (closed) {
            leave();
            requireOpen();
        }
    }

    void leave() {
        user.set(null);
    }

    /** Refuses every later use; to be called between {@link #enter} and {@link #leave}. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException(resource + " is closed");
        }
    }
}
