package io.kvm4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where something was measured, for the report. */
final class Surroundings {
    private Surroundings() {}

    /** What comes after the numbers says who built it. */
    private static String version(String release) {
        return release.strip().replaceFirst("-.*", "");
    }

    /** Kernel, processors, Java, and how busy the machine is. */
    static String describe() throws IOException {
        return "Linux %s with %d processors, Java %s, load %s"
                .formatted(
                        version(Files.readString(Path.of("/proc/sys/kernel/osrelease"))),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    }
}
