package io.kvm4j.testbed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrefixedLinesTest {
    private final ByteArrayOutputStream shared = new ByteArrayOutputStream();

    private PrintStream prefixed(String prefix) {
        return new PrintStream(
                new PrefixedLines(prefix, new PrintStream(shared, true, StandardCharsets.UTF_8)),
                true,
                StandardCharsets.UTF_8);
    }

    @Test
    void linesOfSeveralHostsStayWhole() {
        try (PrintStream a = prefixed("a | ");
                PrintStream b = prefixed("b | ")) {
            a.print("one, ");
            b.println("ü");
            a.println("two");
            b.println();
        }
        assertEquals("b | ü\na | one, two\nb | \n", shared.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theLastLineNeedsNoEnd() {
        try (PrintStream a = prefixed("a | ")) {
            a.print("cut off");
        }
        assertEquals("a | cut off\n", shared.toString(StandardCharsets.UTF_8));
    }
}
