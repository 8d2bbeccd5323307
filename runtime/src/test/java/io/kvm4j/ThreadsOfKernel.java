package io.kvm4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel knows of this process: {@code /proc/self}. */
final class ThreadsOfKernel {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private ThreadsOfKernel() {}

    /** Waits until a thread sleeps, which a vCPU's does in KVM_RUN only as long as nobody pauses it. */
    static void awaitSleepInRun(VcpuThread thread) throws InterruptedException {
        String name = thread.thread().getName();
        while (!sleeps(name) || thread.isPaused()) {
            Thread.sleep(1);
        }
    }

    private static boolean sleeps(String name) {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.map(ThreadsOfKernel::stat)
                    .anyMatch(stat -> stat.contains("(" + name + ")") && stat.contains(") S "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stat(Path task) {
        try {
            return Files.readString(task.resolve("stat"));
        } catch (IOException ended) {
            return "";
        }
    }

    static int tasks() {
        return count(TASKS);
    }

    /** The open descriptors, without the one that reads them. */
    static int descriptors() {
        return count(DESCRIPTORS);
    }

    private static int count(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return (int) entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until there are no more threads than a number: a thread that was joined takes a moment to vanish. */
    static void awaitTasks(int atMost) throws InterruptedException {
        while (tasks() > atMost) {
            Thread.sleep(1);
        }
    }
}
