package io.kvm4j.headers.program;

import java.io.Console;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the terminal at the other end can show, if there is one. */
public final class Terminal {
    private Terminal() {}

    /** Whether a line can be drawn over again: standard input and output are a terminal that knows how to. */
    public static boolean isLive() {
        return !isDumb()
                && Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent();
    }

    /** Whether it shows more than ASCII. */
    public static boolean isUnicode() {
        return StandardCharsets.UTF_8.equals(System.out.charset());
    }

    /** A text with our arrows and ellipses, or, where the locale is ASCII's, with what stands for them there. */
    public static String shown(String text) {
        return isUnicode() ? text : text.replace("→", "->").replace("…", "...");
    }

    /** Whether {@code TERM} says that it understands no escape codes. */
    static boolean isDumb() {
        return "dumb".equals(System.getenv("TERM"));
    }
}
