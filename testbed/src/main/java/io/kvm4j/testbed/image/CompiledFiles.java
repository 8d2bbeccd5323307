package io.kvm4j.testbed.image;

import java.util.function.Consumer;

/** Counts the files that make compiles, and says every now and then how many. Not for use by several threads. */
final class CompiledFiles {
    private static final int STEP = 200;

    private final Consumer<String> progress;
    private int count;

    CompiledFiles(Consumer<String> progress) {
        this.progress = progress;
    }

    /** Takes a line of make's output. */
    void see(String line) {
        if (line.startsWith("  CC ") && ++count % STEP == 0) {
            progress.accept("building the kernel: " + count + " files compiled");
        }
    }
}
