package io.kvm4j.benchmarks;

import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.examples.paging.DemandPaging;
import io.kvm4j.examples.paging.Mode;
import io.kvm4j.examples.paging.Outcome;
import io.kvm4j.examples.paging.Setup;
import io.kvm4j.examples.paging.Source;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Whole experiments of demand paging: kvm4j and C take turns, in one process.
 *
 * <p>Usage: {@code PagingComparison [ROUNDS [PAGES [VCPUS]]]}, say {@code 9 4096 1,2,4,8}; writes a report to standard
 * output.
 */
final class PagingComparison {
    private static final List<Mode> MODES = List.of(Mode.EXIT, Mode.UFFD);

    /** Faults by each way before anything is measured, at least: then C2 has seen all that faults take. */
    private static final int WARM_UP_FAULTS = 20_000;

    /** Experiments before anything is measured, at most. */
    private static final int LONGEST_WARM_UP = 150;

    /** Experiments in a row in which C2 has nothing to do, after which it is taken to have compiled what it will. */
    private static final int QUIET_RUNS = 4;

    private final CBaseline c = new CBaseline();
    private final Kvm kvm;
    private final boolean hasExits;
    private final int rounds;
    private final int pages;
    private final int[] vcpus;
    private String protocol = "";

    private PagingComparison(Kvm kvm, int rounds, int pages, int[] vcpus) {
        this.kvm = kvm;
        this.hasExits = kvm.supports(FaultVariant.MEMORY_FAULT_NOWAIT_V2);
        this.rounds = rounds;
        this.pages = pages;
        this.vcpus = vcpus;
    }

    /**
     * What was measured once.
     *
     * @param rate pages per second
     * @param touch nanoseconds, which half of the touches took at most
     */
    private record Measured(double rate, double touch) {}

    /** What was measured of one mode with so many vCPUs, round by round. */
    private record Cell(Mode mode, int vcpus, List<Measured> java, List<Measured> inC) {
        Cell(Mode mode, int vcpus) {
            this(mode, vcpus, new ArrayList<>(), new ArrayList<>());
        }

        private static double[] rates(List<Measured> of) {
            return of.stream().mapToDouble(Measured::rate).toArray();
        }

        private static double[] touches(List<Measured> of) {
            return of.stream().mapToDouble(Measured::touch).toArray();
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 15;
        int pages = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4096;
        String vcpus = arguments.length > 2 ? arguments[2] : "1,2,4,8";
        try (Kvm kvm = Kvm.open()) {
            int[] numbers =
                    Arrays.stream(vcpus.split(",")).mapToInt(Integer::parseInt).toArray();
            new PagingComparison(kvm, rounds, pages, numbers).run();
        }
    }

    private void run() throws IOException, InterruptedException {
        warmUp();
        List<Cell> cells = new ArrayList<>();
        for (Mode mode : MODES) {
            for (int number : vcpus) {
                cells.add(new Cell(mode, number));
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Cell cell : cells) {
                // Whoever comes first changes from round to round.
                if (round % 2 == 0) {
                    cell.java.add(java(cell.mode, cell.vcpus));
                    cell.inC.add(inC(cell.mode, cell.vcpus));
                } else {
                    cell.inC.add(inC(cell.mode, cell.vcpus));
                    cell.java.add(java(cell.mode, cell.vcpus));
                }
            }
        }
        report(cells);
    }

    private void warmUp() throws IOException, InterruptedException {
        for (Mode mode : MODES) {
            for (int done = 0; done < WARM_UP_FAULTS; done += pages) {
                java(mode, vcpus[vcpus.length - 1]);
            }
            inC(mode, vcpus[0]);
        }
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        int quiet = 0;
        for (int run = 0; run < LONGEST_WARM_UP && quiet < QUIET_RUNS; run++) {
            long compiling = compiler.getTotalCompilationTime();
            long start = System.nanoTime();
            java(MODES.get(run % MODES.size()), vcpus[run % vcpus.length]);
            long millis = (System.nanoTime() - start) / 1_000_000;
            quiet = compiler.getTotalCompilationTime() - compiling <= millis / 50 ? quiet + 1 : 0;
        }
    }

    private Setup setup(Mode mode, int number) {
        return new Setup(mode, number, pages / number, 1, Source.MEMORY, Duration.ZERO);
    }

    private Measured java(Mode mode, int number) throws IOException, InterruptedException {
        Setup setup = setup(mode, number);
        Outcome outcome = DemandPaging.run(kvm, setup, come -> {});
        outcome.counts().contradiction(setup).ifPresent(line -> {
            throw new IllegalStateException(line);
        });
        protocol = mode == Mode.EXIT ? outcome.protocol() : protocol;
        return new Measured(outcome.pagesPerSecond(), outcome.latencies().p50());
    }

    private Measured inC(Mode mode, int number) {
        Setup setup = setup(mode, number);
        CBaseline.Outcome outcome = c.demandPaging(kvm, protocolOf(mode), setup);
        long expectedExits = mode == Mode.EXIT ? setup.pages() : 0;
        if (outcome.installed() != setup.pages() || outcome.faultExits() != expectedExits) {
            throw new IllegalStateException(setup + " in C: " + outcome);
        }
        return new Measured(setup.pages() * 1e9 / outcome.nanos(), outcome.medianNanos());
    }

    private CBaseline.Protocol protocolOf(Mode mode) {
        if (mode == Mode.UFFD) {
            return CBaseline.Protocol.USERFAULTFD;
        }
        return hasExits ? CBaseline.Protocol.NOWAIT_V2 : CBaseline.Protocol.FAILING_RUNS;
    }

    private void report(List<Cell> cells) throws IOException {
        System.out.printf(Locale.ROOT, """
                # Demand paging in Java and in C

                vCPUs touch %d pages of 4 KiB, each those of its own part, as `kvm4j demand-paging` describes it. kvm4j
                (`DemandPager`) and the same experiment in C (gcc -O2) take turns, %d times each, in one process. Content lies
                in memory, from where both have the kernel copy it. One thread reads the userfaultfd. The vCPUs of both can be
                stopped from outside, by a signal that only KVM_RUN lets through. What a touch takes, as the guest sees it, is
                the median of all of a run, then of all runs.
                Measured on %s.

                Exits: %s.

                | mode | vCPUs | kvm4j, pages/s: median (quarter to three quarters) | C | kvm4j / C, pair by pair | a touch, us: kvm4j | C |
                |---|---|---|---|---|---|---|
                """, pages, rounds, Surroundings.describe(), protocol);
        cells.forEach(PagingComparison::reportRow);
        System.out.printf("""

                How many times as fast exits are as the userfaultfd, by the medians:

                | vCPUs | kvm4j | C |
                |---|---|---|
                """);
        for (int number : vcpus) {
            Cell exit = find(cells, Mode.EXIT, number);
            Cell uffd = find(cells, Mode.UFFD, number);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.2f | %.2f |%n",
                    number,
                    Spread.of(Cell.rates(exit.java)).median()
                            / Spread.of(Cell.rates(uffd.java)).median(),
                    Spread.of(Cell.rates(exit.inC)).median()
                            / Spread.of(Cell.rates(uffd.inC)).median());
        }
        System.out.printf("%nThe medians of kvm4j, for `kvm4j demand-paging --from FILE --plot FILE`:%n%n```json%n");
        String origin = "{\"host\":\"%s\",\"kernel\":\"%s\",\"architecture\":\"%s\",\"date\":\"%s\"}"
                .formatted(
                        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        LocalDate.now(ZoneId.systemDefault()));
        for (Cell cell : cells) {
            System.out.printf(
                    Locale.ROOT,
                    "{\"mode\":\"%s\",\"vcpus\":%d,\"pagesPerSecond\":%.0f,\"origin\":%s}%n",
                    cell.mode,
                    cell.vcpus,
                    Spread.of(Cell.rates(cell.java)).median(),
                    origin);
        }
        System.out.println("```");
    }

    private static void reportRow(Cell cell) {
        Spread java = Spread.of(Cell.rates(cell.java));
        Spread inC = Spread.of(Cell.rates(cell.inC));
        Spread ratio = Spread.ofRatios(Cell.rates(cell.java), Cell.rates(cell.inC));
        Spread javaTouch = Spread.of(Cell.touches(cell.java));
        Spread touchInC = Spread.of(Cell.touches(cell.inC));
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %.0f (%.0f to %.0f) | %.0f (%.0f to %.0f) | **%.2f** (%.2f to %.2f) | %.1f | %.1f |%n",
                cell.mode,
                cell.vcpus,
                java.median(),
                java.lower(),
                java.upper(),
                inC.median(),
                inC.lower(),
                inC.upper(),
                ratio.median(),
                ratio.lower(),
                ratio.upper(),
                javaTouch.median() / 1e3,
                touchInC.median() / 1e3);
    }

    private static Cell find(List<Cell> cells, Mode mode, int number) {
        return cells.stream()
                .filter(cell -> cell.mode == mode && cell.vcpus == number)
                .findFirst()
                .orElseThrow();
    }
}
