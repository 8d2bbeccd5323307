package io.kvm4j.fault;

import io.kvm4j.Guest;

/** A guest whose vCPUs are threads that ask between two operations whether they may go on. */
final class PausableGuest implements Guest {
    private boolean paused;
    private boolean stopped;

    @Override
    public synchronized void pause() {
        paused = true;
    }

    @Override
    public void awaitPause() {}

    @Override
    public synchronized void resume() {
        paused = false;
        notifyAll();
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    synchronized boolean isPaused() {
        return paused;
    }

    /** Waits while the guest is paused. Returns whether it may run on. */
    synchronized boolean mayRun() throws InterruptedException {
        while (paused && !stopped) {
            wait();
        }
        return !stopped;
    }
}
