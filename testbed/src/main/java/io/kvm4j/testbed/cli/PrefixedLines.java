package io.kvm4j.testbed.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Passes on whole lines, each with a prefix, so that several hosts can share a terminal. */
final class PrefixedLines extends OutputStream {
    private final String prefix;
    private final PrintStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /**
     * Writes to a stream that others write to as well.
     *
     * @param out stays open
     */
    PrefixedLines(String prefix, PrintStream out) {
        this.prefix = prefix;
        this.out = out;
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n') {
            end();
        } else {
            line.write(b);
        }
    }

    private void end() {
        out.println(prefix + line.toString(StandardCharsets.UTF_8));
        line.reset();
    }

    /** Passes on the last line, though nothing ended it. */
    @Override
    public synchronized void close() {
        if (line.size() > 0) {
            end();
        }
    }
}
