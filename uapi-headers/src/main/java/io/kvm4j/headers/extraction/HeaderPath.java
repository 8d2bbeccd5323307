package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.util.regex.Pattern;

/**
 * The path of a header as an {@code #include} spells it, which is also where its copy goes: relative, below a directory
 * such as {@code linux/}, and of plain characters only, so that it stays in the directory that it is resolved in.
 */
public final class HeaderPath {
    private static final int LONGEST = 200;
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.+-]*";
    private static final Pattern PATH = Pattern.compile(NAME + "(/" + NAME + ")+");

    private HeaderPath() {}

    /** Whether a text is such a path. */
    public static boolean isValid(String path) {
        return path.length() <= LONGEST && PATH.matcher(path).matches();
    }

    /**
     * Checks the path of a header.
     *
     * @return {@code path}
     * @throws HeadersException with {@link Problem#HEADERS_MISSING} if it is none
     */
    public static String check(String path) {
        if (!isValid(path)) {
            throw new HeadersException(
                    Problem.HEADERS_MISSING,
                    "'" + printable(path) + "' cannot be the path of a header: it must be relative and without '..', as"
                            + " linux/vhost.h is");
        }
        return path;
    }

    /** The text on one line, cut where it is long. */
    private static String printable(String text) {
        String line = text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
