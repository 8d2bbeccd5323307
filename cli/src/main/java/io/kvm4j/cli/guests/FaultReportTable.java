package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.examples.paging.DemandPaging;
import io.kvm4j.examples.paging.Mode;
import io.kvm4j.examples.paging.Outcome;
import io.kvm4j.examples.paging.Setup;
import io.kvm4j.examples.paging.Source;
import io.kvm4j.fault.FaultStrategy;
import io.kvm4j.fault.UserfaultfdUnavailableException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs a guest whose memory comes on demand, once for each way in which this kernel can report its page faults. */
final class FaultReportTable {
    private static final int PAGES = 1024;

    private final Kvm kvm;
    private final PrintStream out;

    FaultReportTable(Kvm kvm, PrintStream out) {
        this.kvm = kvm;
        this.out = out;
    }

    /** Prints a row for each way. */
    void print() throws InterruptedException, IOException {
        out.printf(
                "A guest touches %,d pages of its memory. None is present at first; each is provided when it is touched.%n%n",
                PAGES);
        out.printf("%-38s %6s %12s %12s%n", "page faults are reported by", "pages", "fault exits", "median fault");
        row("userfaultfd", new FaultStrategy.Userfaultfd());
        row("failing runs (no address)", new FaultStrategy.FailingRuns());
        Map<Boolean, List<FaultStrategy>> proposals = proposals();
        for (FaultStrategy exits : proposals.getOrDefault(true, List.of())) {
            row("exits of " + exits.variant(), exits);
        }
        out.println();
        List<FaultStrategy> lacking = proposals.getOrDefault(false, List.of());
        if (!lacking.isEmpty()) {
            out.printf(
                    "This kernel has no memory fault exits by the proposals %s.%n",
                    lacking.stream().map(each -> each.variant().toString()).collect(Collectors.joining(", ")));
        }
        out.println("The guest found the content of every page right.");
    }

    /** Memory fault exits for missing pages were proposed, but are in no released kernel. Tells which this one has. */
    private Map<Boolean, List<FaultStrategy>> proposals() {
        return FaultStrategy.probe(kvm).stream()
                .filter(finding -> finding.strategy() instanceof FaultStrategy.MemoryFaultExits)
                .collect(Collectors.partitioningBy(
                        FaultStrategy.Finding::available,
                        Collectors.mapping(FaultStrategy.Finding::strategy, Collectors.toList())));
    }

    private void row(String name, FaultStrategy strategy) throws InterruptedException, IOException {
        Mode mode = strategy instanceof FaultStrategy.Userfaultfd ? Mode.UFFD : Mode.EXIT;
        try {
            Outcome outcome =
                    DemandPaging.run(kvm, new Setup(mode, 1, PAGES, 1, Source.MEMORY, Duration.ZERO), strategy);
            out.printf(
                    Locale.ROOT,
                    "%-38s %6d %12d %9.1f us%n",
                    name,
                    outcome.counts().installed(),
                    outcome.counts().faultExits(),
                    outcome.latencies().p50() / 1e3);
        } catch (UserfaultfdUnavailableException e) {
            out.printf("%-38s not here: %s%n", name, e.getMessage());
        }
    }
}
