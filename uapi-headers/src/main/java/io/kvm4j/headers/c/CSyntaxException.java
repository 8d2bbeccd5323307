package io.kvm4j.headers.c;

/** Says where a C declaration is not what the parser understands. */
public final class CSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CSyntaxException(String expected, String found, String text) {
        super("expected " + expected + ", found " + found + " in: "
                + text.strip().replaceAll("\\s+", " "));
    }
}
