package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.Guest;

/**
 * A guest that can be handed over to another host, and then never runs here again: two running copies of a guest would
 * both be wrong. Any thread may call.
 */
public final class HandOverGuard implements Guest {
    private final Guest guest;

    @GuardedBy("this")
    private boolean paused;

    @GuardedBy("this")
    private boolean handedOver;

    /** A guest that runs here. */
    public HandOverGuard(Guest guest) {
        this.guest = guest;
    }

    @Override
    public synchronized void pause() {
        guest.pause();
        paused = true;
    }

    @Override
    public void awaitPause() throws InterruptedException {
        guest.awaitPause();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the guest was handed over
     */
    @Override
    public synchronized void resume() {
        if (handedOver) {
            throw new IllegalStateException("the guest was handed over: it must not run here again");
        }
        paused = false;
        guest.resume();
    }

    @Override
    public synchronized void stop() {
        guest.stop();
    }

    @Override
    public boolean isStopping() {
        return guest.isStopping();
    }

    /**
     * Gives up the guest, which from now on is another host's, once it stands.
     *
     * @throws IllegalStateException if it is not paused
     * @throws InterruptedException if the caller is interrupted while the guest does not stand yet; it stays here
     */
    public void handOver() throws InterruptedException {
        requirePaused();
        guest.awaitPause();
        synchronized (this) {
            requirePaused();
            handedOver = true;
        }
    }

    /**
     * Takes back a guest that was given up, and certainly not handed to another host. It stays paused until it is resumed.
     */
    public synchronized void takeBack() {
        handedOver = false;
    }

    private synchronized void requirePaused() {
        if (!paused) {
            throw new IllegalStateException("the guest still runs here: pause it before it is handed over");
        }
    }

    /** Whether the guest is another host's. */
    public synchronized boolean isHandedOver() {
        return handedOver;
    }
}
