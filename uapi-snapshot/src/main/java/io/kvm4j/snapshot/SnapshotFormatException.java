package io.kvm4j.snapshot;

import java.io.IOException;

/** Says that a text is no snapshot: which source, which line, and what was expected there. */
public final class SnapshotFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final int line;

    SnapshotFormatException(String source, int line, String problem) {
        super(source + ":" + line + ": " + problem);
        this.source = source;
        this.line = line;
    }

    SnapshotFormatException(String source, int line, String problem, Throwable cause) {
        super(source + ":" + line + ": " + problem, cause);
        this.source = source;
        this.line = line;
    }

    /** The name of the text, mostly its path. */
    public String source() {
        return source;
    }

    /** The line of the text that is at fault, from 1. */
    public int line() {
        return line;
    }
}
