package io.kvm4j.headers.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kvm4j uapi}. */
@Command(
        name = "uapi",
        description = "Works on the ABI snapshots that the bindings are generated from.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "%nkvm4j uapi coverage, which needs bindings that compile, counts what they offer.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DiffCommand.class, ListCommand.class, ProposalsCommand.class, RegenerateCommand.class})
public final class UapiCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Made by picocli. */
    UapiCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
