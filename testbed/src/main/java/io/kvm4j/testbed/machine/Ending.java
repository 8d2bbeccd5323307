package io.kvm4j.testbed.machine;

import java.util.List;
import java.util.stream.Stream;

/** How a host ended. */
public sealed interface Ending {
    /** The exit status of {@code kvm4j testbed} that stands for it. */
    int exitStatus();

    /** What to tell the user, line by line; nothing where the command has said it all. */
    List<String> explanation();

    /**
     * The command ended by itself.
     *
     * @param results with its exit status
     */
    record Exited(Results results) implements Ending {
        @Override
        public int exitStatus() {
            return results.status();
        }

        @Override
        public List<String> explanation() {
            return List.of();
        }
    }

    /**
     * A JVM inside crashed.
     *
     * @param cause the line of its report that says by what
     */
    record JvmCrashed(String cause) implements Ending {
        @Override
        public int exitStatus() {
            return 134;
        }

        @Override
        public List<String> explanation() {
            return List.of("the JVM inside crashed: " + cause);
        }
    }

    /**
     * The kernel inside killed a process for want of memory.
     *
     * @param process the kernel's words
     */
    record OutOfMemory(String process) implements Ending {
        @Override
        public int exitStatus() {
            return 137;
        }

        @Override
        public List<String> explanation() {
            return List.of("the host ran out of memory: " + process + "; give it more with --memory");
        }
    }

    /**
     * The command took too long.
     *
     * @param seconds what it was given
     * @param console the kernel's last messages
     */
    record TimedOut(long seconds, List<String> console) implements Ending {
        public TimedOut {
            console = List.copyOf(console);
        }

        @Override
        public int exitStatus() {
            return 124;
        }

        @Override
        public List<String> explanation() {
            return withConsole("cut off after " + seconds + " s (--deadline)", console);
        }
    }

    /**
     * The kernel inside panicked.
     *
     * @param cause the kernel's words
     * @param console its last messages
     */
    record Panicked(String cause, List<String> console) implements Ending {
        public Panicked {
            console = List.copyOf(console);
        }

        @Override
        public int exitStatus() {
            return 125;
        }

        @Override
        public List<String> explanation() {
            return withConsole("the kernel inside panicked: " + cause, console);
        }
    }

    /**
     * The host ended before the command did, for no reason that the kernel gave.
     *
     * @param cause what is known
     * @param console the kernel's last messages
     */
    record Died(String cause, List<String> console) implements Ending {
        public Died {
            console = List.copyOf(console);
        }

        @Override
        public int exitStatus() {
            return 126;
        }

        @Override
        public List<String> explanation() {
            return withConsole("the host ended before its command did: " + cause, console);
        }
    }

    private static List<String> withConsole(String line, List<String> console) {
        return console.isEmpty()
                ? List.of(line)
                : Stream.concat(
                                Stream.of(line + "; its console's last lines:"),
                                console.stream().map(message -> "  | " + message))
                        .toList();
    }
}
