package io.kvm4j.cli.paging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory this machine can still give, by {@code /proc/meminfo}. */
final class MemoryAvailable {
    private static final String LINE = "MemAvailable:";

    private MemoryAvailable() {}

    static long bytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith(LINE)) {
                String kilobytes =
                        line.substring(LINE.length()).replace("kB", "").strip();
                return Long.parseLong(kilobytes) << 10;
            }
        }
        return Long.MAX_VALUE;
    }
}
