package io.kvm4j.headers.jextract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a jextract that is missing, too new or unhappy is told; shell scripts stand in for it. */
final class JextractTest {
    @TempDir
    Path home;

    @Test
    void isFoundByHomeAndByPath() throws IOException {
        Path executable = script("echo LibClang version Debian clang version 14.0.6");
        assertEquals(
                executable,
                Jextract.find(Map.of("JEXTRACT_HOME", home.toString())).executable());
        String path = "/nowhere:" + executable.getParent();
        assertEquals(executable, Jextract.find(Map.of("PATH", path)).executable());
        assertEquals(
                executable,
                Jextract.find(Map.of("PATH", path, "JEXTRACT_HOME", " ")).executable());
    }

    @Test
    void missingOneIsToldWithTheRemedy() {
        HeadersException nowhere = problem(Problem.JEXTRACT_MISSING, Map.of("PATH", "/nowhere"));
        assertTrue(nowhere.getMessage().startsWith("no jextract: JEXTRACT_HOME is not set and PATH has none; "));
        HeadersException empty = problem(Problem.JEXTRACT_MISSING, Map.of("JEXTRACT_HOME", home.toString()));
        assertTrue(empty.getMessage().contains("there is no " + home.resolve("bin/jextract")), empty.getMessage());
        for (HeadersException e : List.of(nowhere, empty)) {
            assertTrue(e.getMessage().contains("libclang 13 or 14"), e.getMessage());
            assertTrue(e.getMessage().contains("set JEXTRACT_HOME"), e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        echo LibClang version clang version 15.0.1,         JEXTRACT_UNSUITABLE, libclang 15 fails
        echo LibClang version Debian clang version 19.1.7,  JEXTRACT_UNSUITABLE, libclang 19 fails
        echo jextract 22,                                   JEXTRACT_MISSING,    does not tell its libclang (status 0)
        exit 3,                                             JEXTRACT_MISSING,    does not tell its libclang (status 3)
        """)
    void unsuitableOneIsTold(String body, Problem problem, String message) throws IOException {
        script(body);
        HeadersException e = problem(problem, Map.of("JEXTRACT_HOME", home.toString()));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(e.getMessage().contains("libclang 13 or 14"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        echo warning: fine; echo a.h:3:1: error: first; echo fatal: TypeLayoutError: also; exit 5 | HEADERS_BROKEN | the headers do not compile: a.h:3:1: error: first
        echo "fatal: TypeLayoutError: InvalidFieldName"; exit 1   | JEXTRACT_UNSUITABLE | its libclang fails on its nested anonymous structs
        echo fatal: ParsingFailedException: x; exit 5 | JEXTRACT_UNSUITABLE | its libclang does not know it
        echo what; exit 9                                         | ENVIRONMENT         | ended with status 9: what
        echo t.h:1:2: warning: no; echo disk full; exit 6         | ENVIRONMENT         | ended with status 6: disk full
        """)
    void failingRunsAreTold(String body, Problem problem, String message) throws IOException {
        Jextract jextract = new Jextract(script(body));
        HeadersException e = assertThrows(HeadersException.class, () -> jextract.run(home, List.of()));
        assertEquals(problem, e.problem());
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void oneThatDoesNotStartIsTold() throws IOException {
        Path executable = script("");
        Files.writeString(executable, "#!/nowhere/sh\n");
        HeadersException e = problem(Problem.JEXTRACT_MISSING, Map.of("JEXTRACT_HOME", home.toString()));
        assertTrue(e.getMessage().contains("does not start"), e.getMessage());
    }

    private static HeadersException problem(Problem problem, Map<String, String> environment) {
        HeadersException e = assertThrows(HeadersException.class, () -> Jextract.find(environment));
        assertEquals(problem, e.problem(), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        return e;
    }

    private Path script(String body) throws IOException {
        Path executable = Files.createDirectories(home.resolve("bin")).resolve("jextract");
        Files.writeString(executable, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwxr-xr-x"));
        return executable;
    }
}
