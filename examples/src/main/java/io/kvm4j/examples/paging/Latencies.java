package io.kvm4j.examples.paging;

import java.util.Arrays;

/**
 * How long touches took, as the guest saw it: from before the access to having the content. Nanoseconds.
 *
 * @param mean their mean
 * @param p50 half took at most this
 * @param p90 90 of 100 took at most this
 * @param p99 99 of 100 took at most this
 * @param p999 999 of 1,000 took at most this
 * @param max the longest
 */
public record Latencies(long mean, long p50, long p90, long p99, long p999, long max) {
    /**
     * The figures of all touches.
     *
     * @param ticks how long each took; sorted here
     * @param kilohertz how fast the counter runs
     */
    static Latencies of(long[] ticks, int kilohertz) {
        Arrays.sort(ticks);
        double nanosPerTick = 1e6 / kilohertz;
        double mean = Arrays.stream(ticks).average().orElse(0);
        return new Latencies(
                (long) (mean * nanosPerTick),
                percentile(ticks, 500, nanosPerTick),
                percentile(ticks, 900, nanosPerTick),
                percentile(ticks, 990, nanosPerTick),
                percentile(ticks, 999, nanosPerTick),
                percentile(ticks, 1000, nanosPerTick));
    }

    private static long percentile(long[] sorted, int perMille, double nanosPerTick) {
        int rank = (int) (((long) sorted.length * perMille + 999) / 1000);
        return (long) (sorted[Math.max(0, rank - 1)] * nanosPerTick);
    }
}
