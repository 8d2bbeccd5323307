package io.kvm4j.headers.cli;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.program.Program;
import io.kvm4j.headers.program.Program.Failure;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/**
 * {@code kvm4j uapi} as a program of its own, which needs no bindings: it works while specs or examples don't compile.
 * Exit status 0: it worked; 1: a file cannot be read or written; 2: this machine lacks what the command needs, or the
 * command line is wrong.
 */
public final class Main {
    private Main() {}

    /** Runs a command and ends the JVM with its exit status. */
    public static void main(String[] args) {
        Program.main(new CommandLine(new UapiCommand()).setCommandName("kvm4j uapi"), Main::explain, args);
    }

    private static Optional<Failure> explain(Exception failure) {
        return switch (failure) {
            case HeadersException _ -> Failure.of(ExitCode.USAGE, failure);
            case IOException _ -> Failure.of(ExitCode.SOFTWARE, failure);
            default -> Optional.empty();
        };
    }
}
