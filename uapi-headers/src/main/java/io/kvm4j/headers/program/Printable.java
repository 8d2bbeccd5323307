package io.kvm4j.headers.program;

import java.util.regex.Pattern;

/** Text that goes to a terminal as one line. */
public final class Printable {
    /** Control characters, format characters and line ends, which would let a message look like another. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private Printable() {}

    /** The text with a question mark for each character that is not printable. */
    public static String line(String text) {
        return UNPRINTABLE.matcher(text).replaceAll("?");
    }
}
