package io.kvm4j.state;

/**
 * Bytes that are no state, or none that these bindings understand: cut off, damaged, of another architecture, or of headers
 * whose structs have other sizes. Nothing was loaded.
 */
public final class StateFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StateFormatException(String message) {
        super(message);
    }
}
