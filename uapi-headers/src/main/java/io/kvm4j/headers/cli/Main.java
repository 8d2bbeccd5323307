package io.kvm4j.headers.cli;

import io.kvm4j.headers.HeadersException;
import java.io.IOException;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * {@code kvm4j uapi} as a program of its own, which needs no bindings: it works while specs or examples don't compile.
 * Exit status 0: it worked; 1: a file cannot be read; 2: this machine lacks what the command needs, or the command line is
 * wrong.
 */
public final class Main {
    /** Control characters, format characters and line ends, which would let a message look like another. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private Main() {}

    /** Runs a command and ends the JVM with its exit status. */
    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new UapiCommand())
                .setCommandName("kvm4j uapi")
                .setExecutionExceptionHandler(Main::reportFailure);
        IParameterExceptionHandler usage = commandLine.getParameterExceptionHandler();
        int status = commandLine
                .setParameterExceptionHandler((failure, line) -> reportUsage(failure, line, usage))
                .execute(args);
        System.out.flush();
        System.exit(status);
    }

    /** Prints one line for a failure that is not a bug. A bug keeps its stack trace. */
    private static int reportFailure(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        int status = switch (failure) {
            case HeadersException _ -> ExitCode.USAGE;
            case IOException _ -> ExitCode.SOFTWARE;
            default -> throw failure;
        };
        print(failure, command);
        return status;
    }

    /** Prints one line for a wrong value, and usage help for everything else. */
    private static int reportUsage(ParameterException failure, String[] line, IParameterExceptionHandler usage)
            throws Exception {
        if (failure.getArgSpec() == null) {
            return usage.handleParseException(failure, line);
        }
        print(failure, failure.getCommandLine());
        return failure.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
    }

    private static void print(Exception failure, CommandLine command) {
        String message =
                UNPRINTABLE.matcher(String.valueOf(failure.getMessage())).replaceAll("?");
        command.getErr().println("kvm4j: " + message);
    }
}
