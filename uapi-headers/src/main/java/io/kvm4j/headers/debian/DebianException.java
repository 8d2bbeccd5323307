package io.kvm4j.headers.debian;

/** A program of the machine or the Debian archive failed. The message is one line that names the cause. */
public final class DebianException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Makes an exception of one line. */
    public DebianException(String message) {
        super(message);
    }

    /** Makes an exception of one line that another one caused. */
    public DebianException(String message, Throwable cause) {
        super(message, cause);
    }
}
