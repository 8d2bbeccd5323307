package io.kvm4j.fault;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How often each duration was seen, in nanoseconds up to about an hour, in steps of less than one per cent: HdrHistogram's
 * layout. One thread records, which allocates nothing; any may read meanwhile.
 */
final class LatencyHistogram {
    private static final int STEPS = 128;
    private static final int STEP_BITS = Integer.numberOfTrailingZeros(STEPS);
    private static final long LONGEST = (1L << 42) - 1;
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int SUM = index(LONGEST) + 1;
    private static final int MAX = SUM + 1;

    /** The counts; then sum and maximum of what was recorded. */
    private final long[] cells = new long[MAX + 1];

    /** Below two steps' worth each number has a cell of its own; then each power of two has as many as one step's worth. */
    private static int index(long nanos) {
        int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos | 1) - STEP_BITS);
        return shift * STEPS + (int) (nanos >>> shift);
    }

    /** The longest duration of a cell. */
    private static long longest(int index) {
        int shift = index < 2 * STEPS ? 0 : index / STEPS - 1;
        return ((index - (long) shift * STEPS + 1) << shift) - 1;
    }

    void record(long nanos) {
        long value = Math.clamp(nanos, 0, LONGEST);
        int index = index(value);
        ELEMENT.setOpaque(cells, index, cells[index] + 1);
        ELEMENT.setOpaque(cells, SUM, cells[SUM] + value);
        ELEMENT.setOpaque(cells, MAX, Math.max(cells[MAX], value));
    }

    /** Adds what another has recorded so far. */
    void add(LatencyHistogram other) {
        for (int i = 0; i < MAX; i++) {
            cells[i] += (long) ELEMENT.getOpaque(other.cells, i);
        }
        cells[MAX] = Math.max(cells[MAX], (long) ELEMENT.getOpaque(other.cells, MAX));
    }

    PagerFigures.Latency figures() {
        LatencyHistogram still = new LatencyHistogram();
        still.add(this);
        long count = still.count();
        return new PagerFigures.Latency(
                count,
                count == 0 ? 0 : (double) still.cells[SUM] / count,
                still.percentile(count, 50),
                still.percentile(count, 90),
                still.percentile(count, 99),
                still.percentile(count, 99.9),
                still.cells[MAX]);
    }

    private long count() {
        long count = 0;
        for (int i = 0; i < SUM; i++) {
            count += cells[i];
        }
        return count;
    }

    private long percentile(long count, double percent) {
        long wanted = Math.max(1, (long) Math.ceil(count * percent / 100));
        long seen = 0;
        for (int i = 0; i < SUM; i++) {
            seen += cells[i];
            if (seen >= wanted) {
                return Math.min(longest(i), cells[MAX]);
            }
        }
        return 0;
    }
}
