package io.kvm4j.testbed.cli;

import io.kvm4j.headers.debian.DebianException;
import io.kvm4j.headers.program.Program;
import io.kvm4j.headers.program.Program.Failure;
import io.kvm4j.testbed.TestbedException;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kvm4j testbed}: hosts with a real KVM, on any machine. */
@Command(
        name = "kvm4j testbed",
        description = "Hosts with a real KVM, by emulation, on any machine.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {RunCommand.class, TestCommand.class, BuildCommand.class, ListCommand.class})
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Made by {@link #main}. */
    Main() {}

    /** Runs a command and ends the JVM with its exit status. */
    public static void main(String[] args) {
        Program.main(new CommandLine(new Main()), Main::explain, args);
    }

    private static Optional<Failure> explain(Exception failure) {
        return switch (failure) {
            case TestbedException _, DebianException _, IOException _ -> Failure.of(ExitCode.USAGE, failure);
            default -> Optional.empty();
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
