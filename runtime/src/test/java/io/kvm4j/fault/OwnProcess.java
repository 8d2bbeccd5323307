package io.kvm4j.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has of the things that a pager must give back. */
final class OwnProcess {
    private OwnProcess() {}

    /** How many descriptors are userfaultfds and eventfds. */
    static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.map(OwnProcess::target)
                    .filter(t -> t.contains("userfaultfd") || t.contains("eventfd"))
                    .count();
        }
    }

    /** How many descriptors there are, of whatever kind, without the one that counts them. */
    static long allDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.map(OwnProcess::target).filter(t -> !t.endsWith("/fd")).count();
        }
    }

    /** How many bytes of address space there are. */
    static long mappedBytes() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 2)[0];
        return Long.parseLong(pages) * HostMemory.PAGE;
    }

    /** How many mappings have a certain name. */
    static long mappings(String name) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(name)).count();
        }
    }

    /** How many threads vCPUs and pagers have by the kernel's count, once those that are ending have ended. */
    static long guestThreads() throws IOException, InterruptedException {
        long threads = kernelThreads();
        for (int i = 0; i < 1000 && threads != 0; i++) {
            Thread.sleep(5);
            threads = kernelThreads();
        }
        return threads;
    }

    private static long kernelThreads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(OwnProcess::name)
                    .filter(name -> name.startsWith("vcpu-") || name.startsWith("pager-"))
                    .count();
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return "";
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** How many threads pagers have, once those that are ending have ended. */
    static long pagerThreads() throws InterruptedException {
        long threads = 0;
        for (int i = 0; i < 1000; i++) {
            threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> t.getName().startsWith("pager-"))
                    .count();
            if (threads == 0) {
                break;
            }
            Thread.sleep(5);
        }
        return threads;
    }
}
