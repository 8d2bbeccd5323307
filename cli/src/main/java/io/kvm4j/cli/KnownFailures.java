package io.kvm4j.cli;

import io.kvm4j.KvmUnavailableException;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.examples.SnapshotRestore.SnapshotException;
import io.kvm4j.examples.paging.WrongContentException;
import io.kvm4j.fault.PagingException;
import io.kvm4j.fault.UserfaultfdUnavailableException;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.program.Program;
import io.kvm4j.headers.program.Program.Failure;
import io.kvm4j.state.StateRestoreException;
import io.kvm4j.uapi.ErrnoException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ExitCode;

/** Knows the failures that are not bugs, and where a command would work that does not work here. */
final class KnownFailures implements Program.Failures {
    private static final String DEVICE = "--device";
    private static final String TESTBED = "./kvm4j testbed run ";

    /** The command that needs a kernel with a proposal. */
    private static final String NEEDS_PROPOSAL = "memory-fault-loop";

    private final List<String> arguments;

    /** For a command line. */
    KnownFailures(List<String> arguments) {
        this.arguments = List.copyOf(arguments);
    }

    @Override
    public Optional<Failure> explain(Exception failure) {
        return switch (failure) {
            case KvmUnavailableException _, UserfaultfdUnavailableException _ -> {
                String message = String.valueOf(failure.getMessage());
                yield Optional.of(new Failure(ExitCode.USAGE, message + elsewhere(message)));
            }
            case UnsupportedOperationException _, HeadersException _, SnapshotException _ ->
                Failure.of(ExitCode.USAGE, failure);
            case UnhandledExitException _,
                    ErrnoException _,
                    PagingException _,
                    WrongContentException _,
                    StateRestoreException _,
                    IOException _ -> Failure.of(ExitCode.SOFTWARE, failure);
            default -> Optional.empty();
        };
    }

    /** The same command on an emulated host, which has a device of its own. */
    private String elsewhere(String message) {
        if (message.contains(TESTBED)) {
            return "";
        }
        StringBuilder command = new StringBuilder();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.equals(DEVICE)) {
                i++;
            } else if (!word.startsWith(DEVICE + "=")) {
                command.append(' ').append(quoted(word));
            }
        }
        String host = arguments.getFirst().equals(NEEDS_PROPOSAL) ? "nowait" : "mainline";
        return "; or run it on an emulated host: " + TESTBED + host + " --" + command;
    }

    private static String quoted(String word) {
        return word.matches("[\\w./:=,+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
