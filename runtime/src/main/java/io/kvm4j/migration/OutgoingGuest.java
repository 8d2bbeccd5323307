package io.kvm4j.migration;

/** What a {@link MigrationSource} asks of the guest that it moves. One thread at a time calls it. */
public interface OutgoingGuest {
    /**
     * Stops the guest, and returns when it stands.
     *
     * @throws MigrationRefusedException if there is nothing to move, since the guest has ended
     * @throws InterruptedException if the caller is interrupted
     */
    StoppedGuest stop() throws MigrationRefusedException, InterruptedException;

    /** Lets the guest run on here: it was not handed over. */
    void resume();

    /**
     * Gives the guest up: from now on it must not run here again, whatever happens.
     *
     * @throws InterruptedException if the caller is interrupted; the guest was not given up
     */
    void handOver() throws InterruptedException;
}
