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

    /** The threads of vCPUs: the JVM's own, of its compiler for one, come and go as they please. */
    private static long vcpuTasks() {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.filter(task -> stat(task).contains("(vcpu-")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The open descriptors, without the one that reads them. */
    static long descriptors() {
        try (Stream<Path> entries = Files.list(DESCRIPTORS)) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until no vCPU has a thread: one that was joined takes a moment to vanish. */
    static void awaitNoVcpuTask() throws InterruptedException {
        while (vcpuTasks() > 0) {
            Thread.sleep(1);
        }
    }
}
