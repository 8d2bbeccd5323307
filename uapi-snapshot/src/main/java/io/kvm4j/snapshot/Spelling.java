package io.kvm4j.snapshot;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the texts of a snapshot may be. They become names, comments and strings of generated code: nothing else may reach
 * it, so each kind has the characters that C gives it and no others.
 */
enum Spelling {
    /** The name of a record, member or constant. */
    IDENTIFIER("a C identifier", 127, "[A-Za-z_][A-Za-z0-9_]*"),

    /** The name of a constant, which keeps it in Java. */
    CONSTANT("a C identifier that Java can have, too", 127, "[A-Za-z_][A-Za-z0-9_]*"),

    /** The type of a member or of an ioctl's argument: words, and what pointers and arrays add to them. */
    TYPE("a C type", 255, "[A-Za-z_](?:[A-Za-z0-9_ *(),\\[\\]]|, \\.\\.\\.\\))*"),

    /** A header as an {@code #include} spells it. */
    HEADER("the path of a header", 200, "[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*"),

    /** A digest. */
    DIGEST("a digest in lower-case hexadecimal", 64, "([0-9a-f]{2})+"),

    /** A header set. */
    HEADER_SET("the name of a header set", 100, "[A-Za-z0-9][A-Za-z0-9._+-]*"),

    /** An architecture. */
    ARCHITECTURE("the name of an architecture", 40, "[A-Za-z0-9_]+"),

    /** A capability as a comment in a header names it: quoted in messages only. */
    CAPABILITY("the name of a capability", 127, "[\\x20-\\x7e]+");

    private static final Set<String> C_KEYWORDS = words(
            "auto break case char const continue default do double else enum extern float for goto if inline int long"
                    + " register restrict return short signed sizeof static struct switch typedef union unsigned void"
                    + " volatile while");
    private static final Set<String> JAVA_KEYWORDS =
            words("_ abstract assert boolean byte catch class extends false final finally implements import instanceof"
                    + " interface native new null package private protected public strictfp super synchronized this"
                    + " throw throws transient true try");

    private final String description;
    private final int longest;
    private final Pattern pattern;

    Spelling(String description, int longest, String pattern) {
        this.description = description;
        this.longest = longest;
        this.pattern = Pattern.compile(pattern);
    }

    /** What messages call it. */
    String description() {
        return description;
    }

    /** Whether a text is spelled so. */
    boolean matches(String text) {
        return text.length() <= longest && pattern.matcher(text).matches() && !isReserved(text);
    }

    private boolean isReserved(String text) {
        return switch (this) {
            case IDENTIFIER -> C_KEYWORDS.contains(text);
            case CONSTANT -> C_KEYWORDS.contains(text) || JAVA_KEYWORDS.contains(text);
            case TYPE, HEADER, DIGEST, HEADER_SET, ARCHITECTURE, CAPABILITY -> false;
        };
    }

    private static Set<String> words(String words) {
        return Set.of(words.split(" "));
    }
}
