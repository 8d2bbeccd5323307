package io.kvm4j.migration;

import io.kvm4j.posix.Cleanup;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one place that calls a guest that moves. Whatever it throws, the guest goes on, or the listener is told that it does
 * not.
 */
record GuardedGuest(OutgoingGuest guest, MigrationListener listener) {
    /** Stops the guest. After any failure but a refusal, the caller resumes it. */
    StoppedGuest stop() throws MigrationRefusedException, InterruptedException {
        return Objects.requireNonNull(guest.stop(), "the guest has no state");
    }

    /** Gives the guest up. After any failure, the caller takes it back. */
    void handOver() throws InterruptedException {
        guest.handOver();
    }

    /** Resumes the guest, which was not given up. */
    void resume(Throwable why) {
        resumed(new Cleanup().run(guest::resume).failure(), why);
    }

    /** Takes the guest back, which was given up or may have been, and resumes it. */
    void takeBack(Throwable why) {
        Throwable failure = new Cleanup().run(guest::takeBack).failure();
        resumed(failure != null ? failure : new Cleanup().run(guest::resume).failure(), why);
    }

    @SuppressWarnings("ReferenceEquality") // an exception is not suppressed in itself
    private void resumed(@Nullable Throwable failure, Throwable why) {
        if (failure == null) {
            listener.kept(asException(why));
        } else {
            if (failure != why) {
                failure.addSuppressed(why);
            }
            listener.notResumed(asException(failure));
        }
    }

    /** Ends the guest, which is the destination's. */
    void end() {
        GuardedListener.call(guest::end);
    }

    private static Exception asException(Throwable failure) {
        return failure instanceof Exception e ? e : new IllegalStateException(String.valueOf(failure), failure);
    }
}
