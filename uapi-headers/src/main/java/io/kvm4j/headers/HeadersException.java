package io.kvm4j.headers;

/** Says in one line why headers could not be taken or read, and what to do about it. */
public final class HeadersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of thing went wrong. */
    public enum Problem {
        /** There is no jextract, or it does not start. */
        JEXTRACT_MISSING,
        /** The jextract at hand has a libclang that cannot read these headers. */
        JEXTRACT_UNSUITABLE,
        /** This runs on a JRE: there is no Java compiler. */
        COMPILER_MISSING,
        /** A header tree lacks a header or an architecture. */
        HEADERS_MISSING,
        /** The C compiler reports an error in the headers. */
        HEADERS_BROKEN,
        /** The headers hold a declaration that snapshots cannot express. */
        HEADERS_UNSUPPORTED,
        /** What jextract generated and what libclang evaluated contradict each other. */
        CONTRADICTION,
        /** A file is no snapshot, or not a whole one. */
        SNAPSHOT_BROKEN,
        /** No header set has this name. */
        UNKNOWN_SET,
        /** No architecture has this name. */
        UNKNOWN_ARCHITECTURE,
        /** The header set's source is out of reach or no longer holds it. */
        SOURCE_UNAVAILABLE,
        /** A file could not be written or a command not run. */
        ENVIRONMENT
    }

    private final Problem problem;

    /**
     * Makes an exception.
     *
     * @param message one line: the cause and the remedy
     */
    public HeadersException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    /**
     * Makes an exception that another one caused.
     *
     * @param message one line: the cause and the remedy
     */
    public HeadersException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** What kind of thing went wrong. */
    public Problem problem() {
        return problem;
    }
}
