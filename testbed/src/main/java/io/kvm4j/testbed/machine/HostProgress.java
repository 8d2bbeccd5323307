package io.kvm4j.testbed.machine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** How far a host has come: its kernel boots, its command starts, its command prints. Safe for use by several threads. */
public final class HostProgress {
    private static final String INIT_STARTS = "Run /init as init process";
    private static final int MAX_LINE = 120;

    private final Listener listener;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean isBooted;
    private boolean hasPrinted;
    private long lines;
    private String last = "";

    /** Is told of changes, on the thread that finds them. */
    public interface Listener {
        /** The kernel has booted; the command starts. */
        void booted();

        /** The command prints something for the first time. */
        void printed();
    }

    /** Tells a listener. */
    public HostProgress(Listener listener) {
        this.listener = listener;
    }

    /** Tells nobody. */
    HostProgress() {
        this(new Listener() {
            @Override
            public void booted() {}

            @Override
            public void printed() {}
        });
    }

    /** Takes a message of the kernel's. */
    synchronized void kernelSaid(String message) {
        if (!isBooted && message.contains(INIT_STARTS)) {
            isBooted = true;
            listener.booted();
        }
    }

    /** A stream that hands on what the command prints, after taking notice of it. */
    OutputStream watch(OutputStream out) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                note(bytes, offset, length);
                out.write(bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                out.flush();
            }
        };
    }

    private synchronized void note(byte[] bytes, int offset, int length) {
        if (length > 0 && !hasPrinted) {
            hasPrinted = true;
            listener.printed();
        }
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n') {
                lines++;
                last = line.toString(StandardCharsets.UTF_8);
                line.reset();
            } else if (line.size() < MAX_LINE) {
                line.write(bytes[i]);
            }
        }
    }

    /** How far it has come, to follow "cut off after 60 s,". */
    synchronized String description() {
        if (lines > 0) {
            return "after its command had printed %d %s, the last '%s'"
                    .formatted(lines, lines == 1 ? "line" : "lines", last.strip());
        }
        if (hasPrinted) {
            return "after its command had printed '%s'".formatted(line.toString(StandardCharsets.UTF_8));
        }
        return isBooted ? "before its command had printed anything" : "while its kernel booted";
    }
}
