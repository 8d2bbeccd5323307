package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.channel.Incoming;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The connections whose other end has not said yet what it wants. There is a limit to their number. When it is reached, the
 * oldest one gives way: a peer that wants something says so within a round trip, so that the oldest is most likely silent,
 * and silent peers that came early cannot keep out the ones that come later. Any thread may call.
 */
final class Greetings {
    static final int MOST = 32;

    @GuardedBy("this")
    private final Queue<Incoming> waiting = new ArrayDeque<>();

    /** Adds a connection. Returns the one that gives way, which the caller closes; null if there is room. */
    synchronized @Nullable Incoming begin(Incoming peer) {
        Incoming oldest = waiting.size() == MOST ? waiting.remove() : null;
        waiting.add(peer);
        return oldest;
    }

    /** Removes a connection whose other end has said what it wants, or has ended. */
    synchronized void end(Incoming peer) {
        waiting.remove(peer);
    }
}
