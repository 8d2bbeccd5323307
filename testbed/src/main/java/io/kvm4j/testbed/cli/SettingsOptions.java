package io.kvm4j.testbed.cli;

import io.kvm4j.testbed.machine.Settings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How large a host is, and how long it may run. */
final class SettingsOptions {
    @Option(
            names = "--cpus",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many CPUs the host has (${DEFAULT-VALUE}); it may be more than this machine has.")
    private int cpus;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            defaultValue = "2048",
            description = "How much memory the host has, in MiB (${DEFAULT-VALUE}).")
    private int memory;

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            defaultValue = "1800",
            description = "When to cut it off, boot included (${DEFAULT-VALUE}).")
    private long deadline;

    @Option(names = "--console", description = "Show the messages of the host's kernel on stderr.")
    private boolean console;

    @Option(
            names = "--parallel",
            description =
                    "Emulate each CPU by a thread of its own, which is closer to a real machine: for measurements. Code"
                            + " that is changed while it runs may break, and crash the kernel or a JVM.")
    private boolean parallel;

    /** Made by picocli. */
    SettingsOptions() {}

    Settings settings() {
        return new Settings(cpus, memory, Duration.ofSeconds(deadline), console, parallel);
    }
}
