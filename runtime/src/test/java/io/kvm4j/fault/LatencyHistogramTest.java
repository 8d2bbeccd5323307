package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void agreesWithHdrHistogram() {
        Random random = new Random(5);
        LatencyHistogram ours = new LatencyHistogram();
        Histogram theirs = new Histogram(1L << 42, 2);
        for (int i = 0; i < 100_000; i++) {
            long nanos = 1 + (long) Math.exp(random.nextDouble() * 29);
            ours.record(nanos);
            theirs.recordValue(nanos);
        }
        PagerFigures.Latency figures = ours.figures();
        assertEquals(theirs.getTotalCount(), figures.count());
        assertEquals(theirs.getMean(), figures.mean(), theirs.getMean() / 100);
        assertNear(theirs.getValueAtPercentile(50), figures.median());
        assertNear(theirs.getValueAtPercentile(90), figures.p90());
        assertNear(theirs.getValueAtPercentile(99), figures.p99());
        assertNear(theirs.getValueAtPercentile(99.9), figures.p999());
        assertNear(theirs.getMaxValue(), figures.max());
    }

    private static void assertNear(long expected, long actual) {
        assertTrue(Math.abs(expected - actual) <= expected / 100, () -> expected + " and " + actual);
    }

    @Test
    void smallNumbersAreExactAndSumsAddUp() {
        LatencyHistogram first = new LatencyHistogram();
        LatencyHistogram second = new LatencyHistogram();
        for (int i = 1; i <= 100; i++) {
            (i % 2 == 0 ? first : second).record(i);
        }
        first.add(second);
        assertEquals(new PagerFigures.Latency(100, 50.5, 50, 90, 99, 100, 100), first.figures());
    }

    @Test
    void nothingMeasuredIsZero() {
        assertEquals(new PagerFigures.Latency(0, 0, 0, 0, 0, 0, 0), new LatencyHistogram().figures());
    }
}
