package io.kvm4j.testbed.cli;

import io.kvm4j.headers.debian.DebianException;
import io.kvm4j.testbed.TestbedException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
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
        int status = new CommandLine(new Main())
                .setExecutionExceptionHandler(Main::oneLine)
                .execute(args);
        System.out.flush();
        System.exit(status);
    }

    /** A bug keeps its stack trace. */
    private static int oneLine(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (!(failure instanceof TestbedException
                || failure instanceof DebianException
                || failure instanceof IOException)) {
            throw failure;
        }
        command.getErr().println("kvm4j: " + failure.getMessage());
        return ExitCode.USAGE;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
