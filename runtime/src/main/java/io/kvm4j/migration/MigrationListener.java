package io.kvm4j.migration;

import java.io.IOException;

/** Is told what becomes of a migration, by threads that it must not hold up. */
public interface MigrationListener {
    /** Source: the guest was stopped for a destination. */
    default void stopped() {}

    /** Source: the guest was not handed over, and runs on here. */
    default void kept(Exception why) {}

    /** Source: the guest is the destination's. */
    default void handedOver() {}

    /** Source: a destination has a connection for pages. */
    default void serving() {}

    /** Source: the connection to a destination has ended, well or not. */
    default void connectionEnded(IOException why) {}

    /** Source: somebody wanted what he cannot have. */
    default void declined(String reason) {}

    /** Destination: something cannot go on until the source is there, and is tried again until it is. */
    default void waiting(IOException why) {}

    /** Destination: the source is there again. */
    default void goesOn() {}
}
