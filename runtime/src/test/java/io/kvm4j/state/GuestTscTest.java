package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The arithmetic, on a host whose counter advances 1.5 s with each call; what KVM makes of it is in VmSnapshotTest. */
class GuestTscTest {
    private static final int KHZ = 2_500_000;
    private static final long BETWEEN_CALLS = 1500L * KHZ;

    private long host = 77_000_000_000L;

    private final class Model implements GuestTsc.Counter {
        private final boolean hasOffset;
        private final int khz;
        private long offset;
        private boolean fixed;

        Model(boolean hasOffset, int khz, long offset) {
            this.hasOffset = hasOffset;
            this.khz = khz;
            this.offset = offset;
        }

        private long now() {
            host += BETWEEN_CALLS;
            return host * khz / KHZ;
        }

        @Override
        public boolean hasOffset() {
            return hasOffset;
        }

        @Override
        public int khz() {
            return khz;
        }

        @Override
        public long read() {
            return now() + offset;
        }

        @Override
        public void write(long value) {
            offset = value - now();
        }

        @Override
        public long offset() {
            now();
            return offset;
        }

        @Override
        public void offset(long value) {
            now();
            offset = fixed ? offset : value;
        }
    }

    private Model counter(long offset) {
        return new Model(true, KHZ, offset);
    }

    @Test
    void countersKeepTheirDistancesHoweverLongItTakes() {
        long[] saved = new GuestTsc(List.of(counter(-5_000_000), counter(-5_000_000), counter(-4_999_000))).read();
        assertEquals(saved[0], saved[1]);
        assertEquals(saved[0] + 1000, saved[2]);

        List<Model> restored = List.of(counter(0), counter(-host), counter(99));
        assertTrue(new GuestTsc(restored).write(saved, 0));
        assertEquals(restored.get(0).offset, restored.get(1).offset);
        assertEquals(restored.get(0).offset + 1000, restored.get(2).offset);
    }

    @Test
    void aCounterGoesOnFromItsValueAndNeverBack() {
        Model counter = counter(-5_000_000);
        long[] saved = new GuestTsc(List.of(counter)).read();
        Model restored = counter(12345);
        new GuestTsc(List.of(restored)).write(saved, 0);
        long seen = restored.read();
        assertTrue(seen >= saved[0] && seen <= saved[0] + 10 * BETWEEN_CALLS, () -> saved[0] + " became " + seen);
    }

    @Test
    void whatHasElapsedIsAdded() {
        Model still = counter(0);
        Model late = counter(0);
        long start = host;
        new GuestTsc(List.of(still)).write(new long[] {1000}, 0);
        host = start;
        new GuestTsc(List.of(late)).write(new long[] {1000}, 2_000_400_000L);
        assertEquals(2000L * KHZ + KHZ * 4 / 10, late.offset - still.offset);
    }

    @Test
    void countersOfOtherFrequenciesHaveABaseOfTheirOwn() {
        List<Model> saved = List.of(counter(10), new Model(true, KHZ / 2, 10), new Model(true, KHZ / 2, 30));
        long[] values = new GuestTsc(saved).read();
        assertEquals(20, values[2] - values[1]);
        List<Model> restored = List.of(counter(0), new Model(true, KHZ / 2, 0), new Model(true, KHZ / 2, 0));
        new GuestTsc(restored).write(values, 0);
        assertEquals(20, restored.get(2).offset - restored.get(1).offset);
        assertTrue(restored.get(1).read() >= values[1]);
    }

    @Test
    void withoutTheAttributeAllAreWrittenRightAfterEachOther() {
        List<Model> counters = List.of(new Model(false, KHZ, 0), counter(0));
        GuestTsc tsc = new GuestTsc(counters);
        assertFalse(tsc.isExact());
        tsc.write(new long[] {5000, 5000}, 0);
        assertEquals(BETWEEN_CALLS, counters.get(0).offset - counters.get(1).offset);
    }

    @Test
    void aKvmThatIgnoresTheOffsetIsNoticed() {
        Model fixed = counter(0);
        fixed.fixed = true;
        assertFalse(new GuestTsc(List.of(fixed)).write(new long[] {1}, 0));
    }
}
