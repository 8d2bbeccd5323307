package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Counts what a thread allocates. */
public final class Allocations {
    private static final int WINDOWS_IN_A_ROW = 10;
    private static final int WINDOWS_AT_LEAST = 60;

    /** An emulated host may take longer to compile than to make the calls of all windows. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /**
     * Fails unless some calls, repeated until C2 has compiled them, allocate nothing several times in a row.
     *
     * @param count how many calls {@code calls} makes, for people
     */
    public static void assertNone(int count, Runnable calls) {
        StringBuilder seen = new StringBuilder();
        int clean = 0;
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int window = 0;
                clean < WINDOWS_IN_A_ROW && (window < WINDOWS_AT_LEAST || System.nanoTime() < end);
                window++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            calls.run();
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            clean = bytes == 0 ? clean + 1 : 0;
            if (window < WINDOWS_AT_LEAST) {
                seen.append(' ').append(bytes);
            }
        }
        assertTrue(clean == WINDOWS_IN_A_ROW, () -> "bytes allocated by each " + count + " calls:" + seen);
    }
}
