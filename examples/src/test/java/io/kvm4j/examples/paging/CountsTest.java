package io.kvm4j.examples.paging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountsTest {
    private static final Setup SETUP = new Setup(Mode.EXIT, 2, 50, 1, Source.MEMORY, Duration.ZERO);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "100, 200, 100, 2, -",
                "100, -1, -1, 2, -",
                "99, 200, 100, 2, '100 pages were touched, 99 put in place'",
                "100, 200, 99, 2, '100 pages were put in place, KVM mapped 99'",
                "100, 199, 100, 2, '100 exits for faults and 100 pages, KVM counted 199 faults'",
                "100, 200, 100, 1, '2 vCPUs rang, KVM counted 1 MMIO exits'"
            })
    void whatDoesNotFitIsSaid(long installed, long taken, long mapped, long mmio, String expected) {
        Counts counts = new Counts(100, installed, 0, 0, new KernelCounters(taken, mapped, mmio));
        assertEquals(Optional.ofNullable(expected), counts.contradiction(SETUP));
    }

    @Test
    void whatTheKernelDoesNotCountHasNoDifference() {
        KernelCounters before = new KernelCounters(-1, 3, 1);
        assertEquals(new KernelCounters(-1, 4, 2), new KernelCounters(-1, 7, 3).since(before));
    }
}
