package io.kvm4j.headers.program;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * A command line as all of the project's programs have it: one line for whatever goes wrong, {@code help}, {@code version}
 * and {@code --color}, and an exit status that says if output was lost.
 */
public final class Program {
    /** The program that has all commands. */
    private static final String WHOLE = "kvm4j";

    private final CommandLine commandLine;
    private final Failures failures;

    private Program(CommandLine commandLine, Failures failures) {
        this.commandLine = commandLine;
        this.failures = failures;
    }

    /** Knows the failures that are not bugs. */
    @FunctionalInterface
    public interface Failures {
        /** Returns what to say about a failure, or nothing for a bug, which keeps its stack trace. */
        Optional<Failure> explain(Exception failure);
    }

    /**
     * A failure that is not a bug.
     *
     * @param status the exit status
     * @param message one line
     */
    public record Failure(int status, String message) {
        /** A failure whose exception says what there is to say. */
        public static Optional<Failure> of(int status, Exception failure) {
            String message =
                    failure instanceof IOException e ? IoReason.withFile(e) : String.valueOf(failure.getMessage());
            return Optional.of(new Failure(status, message));
        }
    }

    /**
     * Runs a command and ends the JVM with its exit status.
     *
     * @param commandLine the commands, complete
     * @param failures the failures that are not bugs
     * @param arguments what the user typed
     */
    public static void main(CommandLine commandLine, Failures failures, String... arguments) {
        StandardOutput output = StandardOutput.install();
        int status = new Program(commandLine, failures).run(arguments);
        System.exit(output.finish(status));
    }

    private int run(String... arguments) {
        addCommands(commandLine);
        addColor();
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageErrors())
                .setExecutionExceptionHandler(this::reportFailure)
                .execute(arguments);
    }

    /** Adds {@code help} to every command that has commands, and {@code version} to the first. */
    private static void addCommands(CommandLine command) {
        command.getSubcommands().values().stream()
                .filter(c -> !c.getSubcommands().isEmpty())
                .forEach(Program::addHelp);
        addHelp(command);
        command.addSubcommand(new VersionCommand());
        if (command.getCommandName().equals(WHOLE)) {
            command.addSubcommand(new CompletionCommand());
        }
    }

    private static void addHelp(CommandLine command) {
        command.addSubcommand(new HelpCommand());
    }

    private void addColor() {
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(ColorChoice.AUTO.ansi()));
        commandLine
                .getCommandSpec()
                .addOption(OptionSpec.builder("--color")
                        .paramLabel("WHEN")
                        .type(ColorChoice.class)
                        .scopeType(ScopeType.INHERIT)
                        .description("When to use colours: ${COMPLETION-CANDIDATES}.")
                        .setter(new ColorSetter())
                        .build());
    }

    private int reportFailure(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        Failure known = failures.explain(failure).orElseThrow(() -> failure);
        command.getErr().println("kvm4j: " + Terminal.shown(Printable.line(known.message())));
        return known.status();
    }

    /** Takes effect while the command line is read, before help is printed. */
    private final class ColorSetter implements ISetter {
        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <T> T set(T value) {
            if (value instanceof ColorChoice choice) {
                commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(choice.ansi()));
            }
            return value;
        }
    }
}
