package io.kvm4j.examples.paging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Kvm;
import io.kvm4j.examples.RequiresKvm;
import io.kvm4j.fault.FaultStrategy;
import io.kvm4j.fault.PagingException;
import io.kvm4j.pages.PageSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@RequiresKvm
@Timeout(300)
class DemandPagingTest {
    private static final int PAGES_EACH = 40;

    @BeforeEach
    void requireUserfaultfd() {
        try (Kvm kvm = Kvm.open()) {
            FaultStrategy.Finding userfaultfd = FaultStrategy.probe(kvm).getLast();
            assumeTrue(userfaultfd.available(), userfaultfd.reason());
        }
    }

    private static Setup setup(Mode mode, int vcpus, Source source) {
        return new Setup(mode, vcpus, PAGES_EACH, 1, source, Duration.ofMillis(1));
    }

    private static Outcome run(Setup setup, UnaryOperator<PageSource> between) throws Exception {
        try (Kvm kvm = Kvm.open()) {
            return DemandPaging.run(kvm, setup, between, pages -> {});
        }
    }

    @ParameterizedTest
    @CsvSource({"EXIT, 1, MEMORY", "EXIT, 3, FILE", "UFFD, 1, FILE", "UFFD, 3, MEMORY"})
    void everyPageComesOnceAndTheKernelSaysSoToo(Mode mode, int vcpus, Source source) throws Exception {
        Setup setup = setup(mode, vcpus, source);
        Outcome outcome = run(setup, s -> s);
        assertEquals(setup.pages(), outcome.counts().installed());
        assertEquals(mode == Mode.EXIT ? setup.pages() : 0, outcome.counts().faultExits());
        assertEquals(vcpus, outcome.counts().kernel().mmioExits());
        assertEquals(Optional.empty(), outcome.counts().contradiction(setup));
        Latencies took = outcome.latencies();
        assertTrue(0 < took.p50() && took.p50() <= took.p99() && took.p99() <= took.max(), took.toString());
        assertTrue(took.max() <= outcome.seconds() * 1e9, outcome.toString());
        assertEquals(setup.pages() / outcome.seconds(), outcome.pagesPerSecond());
    }

    @Test
    void pagesThatAreThereCauseNoWork() throws Exception {
        Outcome outcome = run(setup(Mode.NONE, 2, Source.MEMORY), s -> s);
        assertEquals(0, outcome.counts().installed());
        assertEquals(0, outcome.counts().faultExits());
    }

    @ParameterizedTest
    @EnumSource(value = Mode.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aDelayIsPartOfEachTouch(Mode mode) throws Exception {
        Outcome outcome = run(setup(mode, 1, Source.DELAY), s -> s);
        assertTrue(outcome.latencies().p50() >= 1_000_000, outcome.toString());
    }

    /** The first word is looked at when it is touched, all others afterwards. */
    @ParameterizedTest
    @CsvSource({"EXIT, 0", "EXIT, 4088", "UFFD, 0", "UFFD, 2048"})
    void theGuestFindsAWrongWord(Mode mode, int at) {
        long wrong = TouchingGuest.TOUCHED_MEMORY + 7 * TouchingGuest.PAGE;
        WrongContentException e = assertThrows(
                WrongContentException.class,
                () -> run(setup(mode, 2, Source.MEMORY), source -> (gpa, into) -> {
                    int start = into.position();
                    int length = source.read(gpa, into);
                    if (gpa == wrong) {
                        into.put(start + at, (byte) 0x55);
                    }
                    return length;
                }));
        assertTrue(e.getMessage().startsWith("vCPU 0 found 0x"), e.getMessage());
        assertTrue(e.getMessage().contains("55 at gpa 0x%x instead of 0x".formatted(wrong + at)), e.getMessage());
    }

    @ParameterizedTest
    @EnumSource(value = Mode.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aSourceThatEndsEndsTheRun(Mode mode) {
        long end = TouchingGuest.TOUCHED_MEMORY + 5 * TouchingGuest.PAGE;
        PagingException e = assertThrows(
                PagingException.class,
                () -> run(
                        setup(mode, 1, Source.MEMORY),
                        source -> (gpa, into) -> gpa < end ? source.read(gpa, into) : -1));
        assertTrue(e.getMessage().contains("failed for the page at gpa 0x%x".formatted(end)), e.getMessage());
    }
}
