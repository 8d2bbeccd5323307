package io.kvm4j.cli.postcopy;

import io.kvm4j.examples.Postcopy.Work;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What the guest of {@code kvm4j postcopy} is to do, and how its source serves the memory. */
final class WorkOptions {
    @Option(
            names = "--pages",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Lets the guest work on N pages of 4 KiB, a power of two (${DEFAULT-VALUE}).")
    private int pages;

    @Option(
            names = "--passes",
            paramLabel = "N",
            defaultValue = "200",
            description = "Lets it do so N times (${DEFAULT-VALUE}).")
    private int passes;

    @Option(
            names = "--delay",
            paramLabel = "US",
            defaultValue = "0",
            description = "Slows the source: each piece of memory takes at least that many microseconds.")
    private int delay;

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Made by picocli. */
    WorkOptions() {}

    Work work() {
        try {
            return new Work(pages, passes);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    int delayMicros() {
        return delay;
    }

    List<String> forChild() {
        return List.of("--pages", "" + pages, "--passes", "" + passes, "--delay", "" + delay);
    }
}
