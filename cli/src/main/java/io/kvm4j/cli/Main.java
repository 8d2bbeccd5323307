package io.kvm4j.cli;

import io.kvm4j.cli.coverage.CoverageCommand;
import io.kvm4j.cli.guests.DemoCommand;
import io.kvm4j.cli.guests.DirtyLogCommand;
import io.kvm4j.cli.guests.HelloCommand;
import io.kvm4j.cli.guests.LongModeCommand;
import io.kvm4j.cli.guests.MemoryFaultLoopCommand;
import io.kvm4j.cli.guests.SnapshotRestoreCommand;
import io.kvm4j.cli.guests.UserfaultfdPagerCommand;
import io.kvm4j.cli.info.InfoCommand;
import io.kvm4j.cli.paging.DemandPagingCommand;
import io.kvm4j.cli.postcopy.PostcopyCommand;
import io.kvm4j.headers.cli.UapiCommand;
import io.kvm4j.headers.cli.Version;
import io.kvm4j.headers.program.Program;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code kvm4j} command line. Exit status 0: it worked; 1: a guest or the VMM failed; 2: this machine lacks what the
 * command needs, or the command line is wrong.
 */
@Command(
        name = "kvm4j",
        description = "Typed Java bindings for the Linux KVM uapi, and guests that show them at work.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:it worked",
            "1:a guest or the VMM failed",
            "2:this machine lacks what the command needs, or the command line is wrong"
        },
        subcommands = {
            DemoCommand.class,
            HelloCommand.class,
            LongModeCommand.class,
            MemoryFaultLoopCommand.class,
            UserfaultfdPagerCommand.class,
            DemandPagingCommand.class,
            DirtyLogCommand.class,
            SnapshotRestoreCommand.class,
            PostcopyCommand.class,
            InfoCommand.class,
            UapiCommand.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Made by {@link #main}. */
    Main() {}

    /** Runs a command and ends the JVM with its exit status. */
    public static void main(String[] args) {
        Program.main(commandLine(), new KnownFailures(List.of(args)), args);
    }

    /** Returns the whole command line. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        Objects.requireNonNull(commandLine.getSubcommands().get("uapi")).addSubcommand(new CoverageCommand());
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
