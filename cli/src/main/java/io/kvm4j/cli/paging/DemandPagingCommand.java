package io.kvm4j.cli.paging;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.paging.DemandPaging;
import io.kvm4j.examples.paging.Mode;
import io.kvm4j.examples.paging.Outcome;
import io.kvm4j.examples.paging.Setup;
import io.kvm4j.examples.paging.Source;
import io.kvm4j.examples.paging.TouchingGuest;
import io.kvm4j.headers.program.IoReason;
import io.kvm4j.headers.program.OutputFile;
import io.kvm4j.uapi.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kvm4j demand-paging}. */
@Command(
        name = "demand-paging",
        description = {
            "Measures how fast pages of guest memory come that are provided when vCPUs touch them.",
            "Every vCPU touches each page of a part of its own once; then the guest checks all content."
        },
        mixinStandardHelpOptions = true)
public final class DemandPagingCommand implements Callable<Integer> {
    private static final int PAGE = TouchingGuest.PAGE;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Option(
            names = "--vcpus",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "How many vCPUs; several numbers make a run each (${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private List<Integer> vcpus;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = ByteCount.class,
            defaultValue = "16M",
            description = "How much memory all vCPUs touch together, in bytes, or with K, M or G (${DEFAULT-VALUE}).")
    private long memory;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            split = ",",
            defaultValue = "exit,uffd",
            description = {
                "How pages come; several make a run each (${DEFAULT-VALUE}).",
                "exit: the vCPU leaves the guest, and its own thread provides the page.",
                "uffd: it sleeps until a reader of a userfaultfd has provided the page.",
                "none: all pages are there before."
            })
    @SuppressWarnings("NullAway.Init")
    private List<Mode> modes;

    @Option(
            names = "--readers",
            paramLabel = "R",
            defaultValue = "1",
            description = "How many threads read the userfaultfd (${DEFAULT-VALUE}).")
    private int readers;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            defaultValue = "memory",
            description = "Where content comes from: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Source source;

    @Option(
            names = "--delay",
            paramLabel = "MICROS",
            defaultValue = "100",
            description = "How long --source delay lets each page wait, in microseconds (${DEFAULT-VALUE}).")
    private long delayMicros;

    @Option(names = "--json", description = "Print JSON instead of a table: an object on a line for each run.")
    private boolean json;

    @Option(names = "--plot", paramLabel = "FILE", description = "Also draw pages per second over vCPUs, as SVG.")
    private @Nullable Path plot;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "With --plot: run nothing, and draw what an earlier run printed with --json.")
    private @Nullable Path from;

    /** Made by picocli. */
    DemandPagingCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (from != null) {
            if (plot == null) {
                throw wrong("--from", "--from draws what was measured before: say where with --plot FILE");
            }
            draw(earlier(from), plot);
            return ExitCode.OK;
        }
        requireSensible();
        try (Kvm kvm = device.open()) {
            requirePossible(kvm);
            List<Outcome> outcomes = measure(kvm);
            System.out.print(json ? PagingReport.toJson(outcomes) : PagingReport.toTable(outcomes));
            if (plot != null) {
                draw(PagingReport.chart(outcomes), plot);
            }
            List<String> contradictions = contradictions(outcomes);
            contradictions.forEach(
                    line -> System.err.println("kvm4j: what was counted does not agree with the kernel: " + line));
            return contradictions.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private RateChart earlier(Path file) {
        RateChart chart;
        try {
            chart = PagingReport.read(file);
        } catch (IOException e) {
            throw wrong("--from", "--from %s: cannot be read: %s".formatted(file, IoReason.of(e)));
        } catch (IllegalArgumentException e) {
            throw wrong("--from", "--from %s: not what --json printed: %s".formatted(file, e.getMessage()));
        }
        if (chart.rates().isEmpty()) {
            throw wrong("--from", "--from %s: holds no run; give a file that --json printed".formatted(file));
        }
        return chart;
    }

    private static void draw(RateChart chart, Path file) throws IOException {
        OutputFile.write(file, chart.toSvg());
    }

    private List<Outcome> measure(Kvm kvm) throws IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Mode mode : modes) {
            for (int number : vcpus) {
                int pagesEach = (int) (memory / PAGE / number);
                Duration delay = Duration.ofNanos(delayMicros * 1000);
                Setup setup = new Setup(mode, number, pagesEach, readers, source, delay);
                try (Progress progress = Progress.of("%s, %d vCPUs".formatted(mode, number), setup.pages())) {
                    outcomes.add(DemandPaging.run(kvm, setup, progress));
                }
            }
        }
        return outcomes;
    }

    private static List<String> contradictions(List<Outcome> outcomes) {
        return outcomes.stream()
                .flatMap(outcome -> outcome.counts().contradiction(outcome.setup()).stream())
                .toList();
    }

    private void requireSensible() {
        for (int number : vcpus) {
            if (number < 1) {
                throw wrong("--vcpus", "--vcpus %d: give at least 1".formatted(number));
            }
            long least = (long) number * PAGE;
            if (memory < least) {
                throw wrong(
                        "--memory",
                        "--memory: %d bytes are less than a page of %d bytes for each of %d vCPUs: give at least %d"
                                .formatted(memory, PAGE, number, least));
            }
        }
        if (readers < 1) {
            throw wrong("--readers", "--readers %d: give at least 1".formatted(readers));
        }
        if (plot != null) {
            Path folder = plot.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw wrong("--plot", "--plot %s: there is no such directory to write it to".formatted(plot));
            }
        }
        if (delayMicros < 0) {
            throw wrong("--delay", "--delay %d: give a time that is not negative".formatted(delayMicros));
        }
    }

    /** Memory is needed twice: for the guest, and for what it is to hold. */
    private void requirePossible(Kvm kvm) throws IOException {
        int most = kvm.checkExtension(Capability.KVM_CAP_MAX_VCPUS);
        for (int number : vcpus) {
            if (number > most) {
                throw wrong(
                        "--vcpus", "--vcpus %d: this KVM allows %d: give at most that many".formatted(number, most));
            }
        }
        long available = MemoryAvailable.bytes();
        if (memory > available / 2) {
            throw wrong(
                    "--memory",
                    "--memory: %d bytes are needed twice, and this machine has %d left: give at most %d"
                            .formatted(memory, available, available / 2));
        }
    }

    private ParameterException wrong(String option, String why) {
        return new ParameterException(spec.commandLine(), why, spec.findOption(option), null);
    }
}
