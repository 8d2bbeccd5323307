package io.kvm4j.testbed.machine;

import io.kvm4j.testbed.TestbedException;
import java.time.Duration;

/**
 * How large a host is, and how long it may run.
 *
 * @param cpus how many it has, which may be more than this machine's
 * @param memory in MiB
 * @param deadline for its command, boot included
 * @param showsConsole whether the kernel's messages are shown as they come
 * @param isParallel whether each CPU is emulated by a thread of its own
 */
public record Settings(int cpus, int memory, Duration deadline, boolean showsConsole, boolean isParallel) {
    /** Less than this doesn't hold the files of a host and a JVM. */
    private static final int LEAST_MEMORY = 512;

    public Settings {
        require(cpus >= 1, "--cpus must be at least 1");
        require(memory >= LEAST_MEMORY, "--memory must be at least " + LEAST_MEMORY + " (MiB)");
        require(deadline.isPositive(), "--deadline must be more than 0 (seconds)");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new TestbedException(message);
        }
    }
}
