package io.kvm4j.testbed;

/** This machine lacks what a host needs. The message is one line that names the cause and the remedy. */
public final class TestbedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Makes an exception of one line. */
    public TestbedException(String message) {
        super(message);
    }

    /** Makes an exception of one line that another one caused. */
    public TestbedException(String message, Throwable cause) {
        super(message, cause);
    }
}
