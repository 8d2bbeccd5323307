package io.kvm4j.fault;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counts what one thread does; any other may read it meanwhile. Counting allocates nothing. */
final class ThreadCounters {
    static final int FAULTS = 0;
    static final int DUPLICATES = 1;
    static final int RETRIES = 2;
    static final int ZERO_PAGES = 3;
    static final int PAGES = 4;
    static final int BYTES = 5;

    private static final int COUNTS = 6;
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[COUNTS];
    private final LatencyHistogram latency = new LatencyHistogram();

    void add(int what, long number) {
        ELEMENT.setOpaque(counts, what, counts[what] + number);
    }

    void latency(long nanos) {
        latency.record(nanos);
    }

    /** Adds what another has counted so far. */
    void add(ThreadCounters other) {
        for (int i = 0; i < COUNTS; i++) {
            counts[i] += (long) ELEMENT.getOpaque(other.counts, i);
        }
        latency.add(other.latency);
    }

    PagerFigures.Faults figures() {
        return new PagerFigures.Faults(
                count(FAULTS),
                count(DUPLICATES),
                count(RETRIES),
                count(ZERO_PAGES),
                count(PAGES),
                count(BYTES),
                latency.figures());
    }

    private long count(int what) {
        return (long) ELEMENT.getOpaque(counts, what);
    }
}
