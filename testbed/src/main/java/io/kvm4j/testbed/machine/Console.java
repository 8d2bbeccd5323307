package io.kvm4j.testbed.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kernel's messages, and those of them that tell why a host ended. Safe for use by several threads. */
final class Console {
    private static final Pattern PANIC = Pattern.compile("Kernel panic - not syncing: (.*)");
    private static final Pattern OUT_OF_MEMORY = Pattern.compile("Out of memory: (Killed process .*?)(, UID.*)?$");

    private final @Nullable PrintStream echo;
    private final HostProgress progress;
    private @Nullable String panic;
    private @Nullable String outOfMemory;

    /**
     * A console without messages.
     *
     * @param echo where messages are also shown, if at all
     * @param progress told of each message
     */
    Console(@Nullable PrintStream echo, HostProgress progress) {
        this.echo = echo;
        this.progress = progress;
    }

    /** Takes messages until the stream ends. */
    void read(InputStream in) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            add(line.stripTrailing());
        }
    }

    /** Takes one message. */
    synchronized void add(String line) {
        if (echo != null) {
            echo.println(line);
        }
        progress.kernelSaid(line);
        panic = panic == null ? find(PANIC, line) : panic;
        outOfMemory = outOfMemory == null ? find(OUT_OF_MEMORY, line) : outOfMemory;
    }

    private static @Nullable String find(Pattern pattern, String line) {
        return pattern.matcher(line)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElse(null);
    }

    /** Why the kernel panicked, if it did. */
    synchronized Optional<String> panic() {
        return Optional.ofNullable(panic);
    }

    /** The first process that the kernel killed for want of memory, if it killed any. */
    synchronized Optional<String> outOfMemory() {
        return Optional.ofNullable(outOfMemory);
    }
}
