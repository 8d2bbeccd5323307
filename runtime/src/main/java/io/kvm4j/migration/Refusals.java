package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells a listener of peers that were refused: of 20 in any 10 seconds one by one, of more by their number. */
final class Refusals {
    static final int MOST = 20;
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    private final MigrationListener listener;

    @GuardedBy("this")
    private long windowStart = System.nanoTime();

    @GuardedBy("this")
    private int told;

    @GuardedBy("this")
    private long untold;

    Refusals(MigrationListener listener) {
        this.listener = listener;
    }

    void tell(String reason) {
        String more = unlessFlooded();
        if (more != null) {
            listener.declined(reason + more);
        }
    }

    /** What to add to the next reason; null if it is one too many. */
    private synchronized @Nullable String unlessFlooded() {
        long now = System.nanoTime();
        if (now - windowStart > WINDOW) {
            windowStart = now;
            told = 0;
        }
        if (told == MOST) {
            untold++;
            return null;
        }
        told++;
        String more = untold == 0 ? "" : " (and %d more before that)".formatted(untold);
        untold = 0;
        return more;
    }
}
