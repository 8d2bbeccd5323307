package io.kvm4j.migration;

import io.kvm4j.PrintableText;
import io.kvm4j.channel.Connection;
import io.kvm4j.channel.Incoming;
import io.kvm4j.channel.Listener;
import io.kvm4j.channel.PeerRefusedException;
import io.kvm4j.migration.MigrationWire.Conversation;
import io.kvm4j.migration.MigrationWire.Greeting;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Accepts connections, and finds out who each peer is and what it wants. Each does that on a thread of its own and within a
 * limit, and their number is limited ({@link Greetings}): no peer delays another.
 */
final class Reception {
    /** How long a peer may take to show who it is and to say what it wants, all together. */
    private static final Duration GREETING = Duration.ofSeconds(5);

    /** How often in a row accepting may fail, for want of descriptors for one, and the time between. */
    private static final int MOST_FAILURES = 100;

    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    private final Listener listener;
    private final AcceptedConnections connections;
    private final Duration patience;
    private final Refusals refusals;
    private final Handler handler;
    private final Greetings greetings = new Greetings();

    /** Does what a peer wants. */
    interface Handler {
        void greeted(Incoming peer, Conversation with, Greeting greeting) throws IOException;
    }

    /** @param patience how long a peer that has greeted may be silent, or leave what it is sent unread */
    Reception(
            Listener listener, AcceptedConnections connections, Duration patience, Refusals refusals, Handler handler) {
        this.listener = listener;
        this.connections = connections;
        this.patience = patience;
        this.refusals = refusals;
        this.handler = handler;
    }

    /**
     * Accepts connections until the listener is closed.
     *
     * @throws IOException if no connection can be accepted any more
     */
    void run() throws IOException {
        int failures = 0;
        while (true) {
            try {
                accept(listener.accept());
                failures = 0;
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                if (++failures == MOST_FAILURES) {
                    throw e;
                }
                refusals.tell("a connection could not be accepted: " + e.getMessage());
                LockSupport.parkNanos(AFTER_FAILURE.toNanos());
            }
        }
    }

    private void accept(Incoming peer) throws IOException {
        Incoming oldest = greetings.begin(peer);
        boolean started = false;
        try {
            if (oldest != null) {
                refusals.tell(
                        "a peer was given up: more than %d have not said what they want".formatted(Greetings.MOST));
                oldest.close();
            }
            started = connections.start("migration-greeting", peer, () -> greet(peer));
        } catch (OutOfMemoryError e) {
            refusals.tell("a peer was given up, since no thread can be started for it");
        } finally {
            if (!started) {
                greetings.end(peer);
                peer.close();
            }
        }
    }

    private void greet(Incoming peer) {
        try {
            Connection connection = peer.open(GREETING);
            Conversation with = new Conversation(connection);
            Greeting greeting = with.readGreeting();
            greetings.end(peer);
            connection.limitAll(null);
            connection.limitReads(patience);
            connection.limitWrites(patience);
            handler.greeted(peer, with, greeting);
        } catch (ClosedChannelException e) {
            // This end has closed the connection, and has said why.
        } catch (PeerRefusedException e) {
            refusals.tell("a peer was refused: " + e.getMessage());
        } catch (Throwable e) {
            refusals.tell("a peer was not understood: " + PrintableText.of(String.valueOf(e.getMessage())));
        } finally {
            greetings.end(peer);
        }
    }
}
