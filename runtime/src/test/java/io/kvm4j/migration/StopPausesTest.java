package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The pauses grow with each time that the guest was stopped in vain, for each peer by itself. */
class StopPausesTest {
    private static final Peer KNOWN = new Peer("CN=a", true);
    private static final Peer OTHER = new Peer("CN=b", true);

    // Not 0, and near an overflow: nanoTime() may be anything.
    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(100);
    private final StopPauses pauses = new StopPauses(() -> now);

    private List<Long> secondsAfterFailures(int failures, long stoppedMillis) {
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < failures; i++) {
            pauses.stoppedInVain(KNOWN, TimeUnit.MILLISECONDS.toNanos(stoppedMillis));
            long left = pauses.left(KNOWN);
            seconds.add(TimeUnit.NANOSECONDS.toSeconds(left));
            now += left;
            assertTrue(pauses.left(KNOWN) <= 0);
        }
        return seconds;
    }

    @Test
    void pausesDoubleUpToALimit() {
        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L, 64L, 64L), secondsAfterFailures(9, 3));
    }

    @Test
    void aGuestThatWasStoppedForLongerRunsForLonger() {
        assertEquals(List.of(10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L), secondsAfterFailures(8, 10_000));
    }

    @Test
    void aPeerThatWasQuietForLongStartsAgain() {
        secondsAfterFailures(5, 1);
        now += TimeUnit.MINUTES.toNanos(10) + 1;
        assertEquals(List.of(1L, 2L), secondsAfterFailures(2, 1));
    }

    @Test
    void knownPeersWaitForThemselvesAndUnknownOnesTogether() {
        pauses.stoppedInVain(KNOWN, 1);
        assertTrue(pauses.left(KNOWN) > 0);
        assertEquals(0, pauses.left(OTHER));
        assertEquals(0, pauses.left(new Peer("127.0.0.1", false)));
        pauses.stoppedInVain(new Peer("127.0.0.1", false), 1);
        assertTrue(pauses.left(new Peer("192.0.2.1", false)) > 0);
        assertEquals(0, pauses.left(OTHER));
    }

    /** Very many peers take little memory, and those that wait longest are remembered. */
    @Test
    void peersAreForgottenWhenThereAreTooMany() {
        pauses.stoppedInVain(KNOWN, TimeUnit.SECONDS.toNanos(500));
        LongStream.range(0, 1000).forEach(i -> pauses.stoppedInVain(new Peer("CN=" + i + "x", true), 1));
        assertTrue(pauses.left(KNOWN) > 0);
        assertEquals(
                255,
                LongStream.range(0, 1000)
                        .filter(i -> pauses.left(new Peer("CN=" + i + "x", true)) > 0)
                        .count());
    }
}
