package io.kvm4j.examples.paging;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.kvm4j.Kvm;
import io.kvm4j.examples.RequiresKvm;
import io.kvm4j.fault.FaultStrategy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The experiment's own loops allocate nothing once C2 has compiled them. The source looks: it is called by the very thread
 * that resolves the fault, once for each.
 */
@RequiresKvm
@Timeout(300)
class PagingAllocationTest {
    private static final int PAGES = 4096;
    private static final int CLEAN_IN_A_ROW = 3;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What the thread had allocated at the second page, and at the last one. */
    private long atFirst;

    private long atLast;

    @ParameterizedTest
    @EnumSource(value = Mode.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void faultsAllocateNothing(Mode mode) throws Exception {
        StringBuilder seen = new StringBuilder();
        int clean = 0;
        try (Kvm kvm = Kvm.open()) {
            assumeTrue(FaultStrategy.probe(kvm).getLast().available(), "no userfaultfd");
            long start = System.nanoTime();
            while (clean < CLEAN_IN_A_ROW && System.nanoTime() - start < PATIENCE_NANOS) {
                long bytes = bytesOfOneRun(kvm, mode);
                clean = bytes == 0 ? clean + 1 : 0;
                seen.append(' ').append(bytes);
            }
        }
        assertTrue(clean == CLEAN_IN_A_ROW, () -> "bytes allocated by " + (PAGES - 2) + " faults:" + seen);
    }

    private long bytesOfOneRun(Kvm kvm, Mode mode) throws Exception {
        Setup setup = new Setup(mode, 1, PAGES, 1, Source.DELAY, Duration.ZERO);
        long second = TouchingGuest.TOUCHED_MEMORY + TouchingGuest.PAGE;
        long last = TouchingGuest.TOUCHED_MEMORY + (PAGES - 1L) * TouchingGuest.PAGE;
        DemandPaging.run(
                kvm,
                setup,
                source -> (gpa, into) -> {
                    if (gpa == second) {
                        atFirst = THREADS.getCurrentThreadAllocatedBytes();
                    } else if (gpa == last) {
                        atLast = THREADS.getCurrentThreadAllocatedBytes();
                    }
                    return source.read(gpa, into);
                },
                pages -> {});
        return atLast - atFirst;
    }
}
