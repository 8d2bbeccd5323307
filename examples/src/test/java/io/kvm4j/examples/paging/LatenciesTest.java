package io.kvm4j.examples.paging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentilesAreOfWhatWasSeen() {
        long[] descending = LongStream.rangeClosed(1, 2000).map(i -> 2001 - i).toArray();
        assertEquals(new Latencies(500, 500, 900, 990, 999, 1000), Latencies.of(descending, 2_000_000));
    }

    @Test
    void oneTouchIsAllOfThem() {
        assertEquals(new Latencies(7, 7, 7, 7, 7, 7), Latencies.of(new long[] {7}, 1_000_000));
    }
}
