package io.kvm4j.migration;

import java.io.IOException;

/**
 * Receives the events of a migration, from threads that it must not hold up. Whatever it throws goes to the thread's handler
 * of uncaught exceptions; the migration goes on.
 */
public interface MigrationListener {
    /** Source: the guest was stopped for a destination. */
    default void stopped() {}

    /** Source: the guest was not handed over, and runs on here. */
    default void kept(Exception why) {}

    /**
     * Source: the guest was not handed over and could not be resumed. It is stopped here, and its owner must see to it; so
     * this throws unless it is overridden.
     */
    default void notResumed(Exception why) {
        throw new IllegalStateException("the guest was not handed over, and could not be resumed", why);
    }

    /** Source: the guest is the destination's. */
    default void handedOver() {}

    /**
     * Source: it is not known whether the hand-over was recorded, and the guest is stopped until that is known, or {@link
     * MigrationSource#decide decided}.
     */
    default void undecided(IOException why) {
        declined(String.valueOf(why.getMessage()));
    }

    /** Source: a destination has a connection for pages. */
    default void serving() {}

    /** Source: the connection to a destination has ended, well or not. */
    default void connectionEnded(IOException why) {}

    /** Source: a peer's request was refused. */
    default void declined(String reason) {}

    /** Destination: something cannot go on until the source is there, and is tried again until it is. */
    default void waiting(IOException why) {}

    /** Destination: the source is there again. */
    default void goesOn() {}
}
