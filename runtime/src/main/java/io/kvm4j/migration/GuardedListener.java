package io.kvm4j.migration;

import io.kvm4j.posix.Cleanup;
import java.io.IOException;

/**
 * The one place that calls a listener. Whatever it throws goes to its thread's handler of uncaught exceptions, and the
 * migration goes on: it owes an answer to a guest that is stopped, and to a peer.
 */
record GuardedListener(MigrationListener listener) implements MigrationListener {
    @Override
    public void stopped() {
        call(listener::stopped);
    }

    @Override
    public void kept(Exception why) {
        call(() -> listener.kept(why));
    }

    @Override
    public void notResumed(Exception why) {
        call(() -> listener.notResumed(why));
    }

    @Override
    public void handedOver() {
        call(listener::handedOver);
    }

    @Override
    public void undecided(IOException why) {
        call(() -> listener.undecided(why));
    }

    @Override
    public void serving() {
        call(listener::serving);
    }

    @Override
    public void connectionEnded(IOException why) {
        call(() -> listener.connectionEnded(why));
    }

    @Override
    public void declined(String reason) {
        call(() -> listener.declined(reason));
    }

    @Override
    public void waiting(IOException why) {
        call(() -> listener.waiting(why));
    }

    @Override
    public void goesOn() {
        call(listener::goesOn);
    }

    static void call(Cleanup.Step step) {
        Throwable failure = new Cleanup().run(step).failure();
        if (failure != null) {
            Thread thread = Thread.currentThread();
            // The handler is the caller's as well.
            Cleanup ignored = Cleanup.after(failure)
                    .run(() -> thread.getUncaughtExceptionHandler().uncaughtException(thread, failure));
        }
    }
}
