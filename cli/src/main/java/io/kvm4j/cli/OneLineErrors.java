package io.kvm4j.cli;

import io.kvm4j.KvmUnavailableException;
import io.kvm4j.PrintableText;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.examples.SnapshotRestore.SnapshotException;
import io.kvm4j.examples.paging.WrongContentException;
import io.kvm4j.fault.PagingException;
import io.kvm4j.fault.UserfaultfdUnavailableException;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.state.StateRestoreException;
import io.kvm4j.uapi.ErrnoException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Prints a line for each failure that is not a bug, and gives it its exit status. A bug keeps its stack trace. */
final class OneLineErrors implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        int status = switch (failure) {
            case KvmUnavailableException _,
                    UserfaultfdUnavailableException _,
                    UnsupportedOperationException _,
                    HeadersException _,
                    SnapshotException _ -> ExitCode.USAGE;
            case UnhandledExitException _,
                    ErrnoException _,
                    PagingException _,
                    WrongContentException _,
                    StateRestoreException _,
                    IOException _ -> ExitCode.SOFTWARE;
            default -> throw failure;
        };
        command.getErr().println("kvm4j: " + PrintableText.of(String.valueOf(failure.getMessage())));
        return status;
    }
}
