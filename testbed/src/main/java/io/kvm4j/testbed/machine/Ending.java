package io.kvm4j.testbed.machine;

import java.util.List;

/** How a host ended. */
public sealed interface Ending {
    /** Where to find out more. */
    String CONSOLE = "; --console shows its kernel's messages";

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
     * @param progress how far it had come
     */
    record TimedOut(long seconds, String progress) implements Ending {
        @Override
        public int exitStatus() {
            return 124;
        }

        @Override
        public List<String> explanation() {
            return List.of("cut off after " + seconds + " s (--deadline), " + progress + CONSOLE);
        }
    }

    /**
     * The kernel inside panicked.
     *
     * @param cause the kernel's words
     */
    record Panicked(String cause) implements Ending {
        @Override
        public int exitStatus() {
            return 125;
        }

        @Override
        public List<String> explanation() {
            return List.of("the kernel inside panicked: " + cause + CONSOLE);
        }
    }

    /**
     * The host ended before the command did, for no reason that the kernel gave.
     *
     * @param cause what is known
     */
    record Died(String cause) implements Ending {
        @Override
        public int exitStatus() {
            return 126;
        }

        @Override
        public List<String> explanation() {
            return List.of("the host ended before its command did: " + cause + CONSOLE);
        }
    }
}
