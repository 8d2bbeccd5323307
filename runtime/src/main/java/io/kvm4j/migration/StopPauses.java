package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.channel.Peer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long a peer must wait for the guest to be stopped again, after that was done for it in vain: 1 second, or as long as
 * the guest was stopped if that is longer; twice as long after each further time in a row, up to 64 times as long, and
 * never more than 10 minutes. A peer that has not asked for 10 minutes after its pause starts from the beginning.
 *
 * <p>Each known peer has pauses of its own. Peers that the transport does not know have them in common, since each could
 * claim to be another. Any thread may call.
 */
final class StopPauses {
    static final long SHORTEST = Duration.ofSeconds(1).toNanos();
    static final long LONGEST = Duration.ofMinutes(10).toNanos();
    private static final long FORGOTTEN = Duration.ofMinutes(10).toNanos();
    private static final int MOST_DOUBLINGS = 6;
    private static final int MOST_PEERS = 256;
    private static final String UNKNOWN = "";

    private final LongSupplier nanoTime;

    @GuardedBy("this")
    private final Map<String, Pause> pauses = new HashMap<>();

    /** The pause after some failures in a row. */
    private record Pause(int failures, long end) {}

    StopPauses(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many nanoseconds a peer must still wait; 0 or less if it need not. */
    synchronized long left(Peer peer) {
        Pause pause = pauses.get(key(peer));
        return pause == null ? 0 : pause.end - nanoTime.getAsLong();
    }

    /**
     * Begins a peer's next pause.
     *
     * @param stopped for how many nanoseconds the guest was stopped for it in vain
     */
    synchronized void stoppedInVain(Peer peer, long stopped) {
        long now = nanoTime.getAsLong();
        pauses.values().removeIf(pause -> now - pause.end > FORGOTTEN);
        Pause last = pauses.get(key(peer));
        int failures = last == null ? 1 : last.failures + 1;
        long first = Math.min(Math.max(SHORTEST, stopped), LONGEST);
        long pause = Math.min(first << Math.min(failures - 1, MOST_DOUBLINGS), LONGEST);
        if (last == null && pauses.size() >= MOST_PEERS) {
            pauses.remove(firstToEnd());
        }
        pauses.put(key(peer), new Pause(failures, now + pause));
    }

    @GuardedBy("this")
    private String firstToEnd() {
        return pauses.entrySet().stream()
                .min((a, b) -> Long.signum(a.getValue().end - b.getValue().end))
                .orElseThrow()
                .getKey();
    }

    private static String key(Peer peer) {
        return peer.isKnown() ? peer.name() : UNKNOWN;
    }
}
