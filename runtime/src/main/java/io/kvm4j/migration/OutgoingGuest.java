package io.kvm4j.migration;

/**
 * The guest that a {@link MigrationSource} moves. One thread at a time calls it. If a method throws, whatever it is, the
 * guest is resumed; if that throws too, {@link MigrationListener#notResumed} tells its owner.
 */
public interface OutgoingGuest {
    /**
     * Stops the guest, and returns when it has stopped.
     *
     * @throws MigrationRefusedException if there is nothing to move, since the guest has ended; then it is not resumed
     * @throws InterruptedException if the caller is interrupted
     */
    StoppedGuest stop() throws MigrationRefusedException, InterruptedException;

    /** Resumes the guest here: it was not handed over. */
    void resume();

    /**
     * Gives the guest up: from now on it must not run here, unless {@link #takeBack} follows. It keeps what it needs for
     * that until {@link #end}.
     *
     * @throws InterruptedException if the caller is interrupted; the guest was not given up
     */
    void handOver() throws InterruptedException;

    /**
     * Takes the guest back after {@link #handOver}, also one that failed: the hand-over was certainly not recorded. {@link
     * #resume} follows.
     */
    default void takeBack() {}

    /** Ends the guest here for good: the hand-over was recorded. */
    default void end() {}
}
