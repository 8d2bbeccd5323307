package io.kvm4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where something was measured, for the report. */
final class Surroundings {
    private Surroundings() {}

    /** Kernel, processors, Java, and how busy the machine is. */
    static String describe() throws IOException {
        return "Linux %s with %d processors, Java %s, load %s"
                .formatted(
                        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    }
}
