package io.kvm4j.testbed.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.testbed.TestbedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsTest {
    @TempDir
    private Path directory;

    @Test
    void filesComeBackWithTheirDirectories() throws IOException {
        Path out = directory.resolve("not/yet/there");
        results("report.txt", "rates/one.json").writeTo(out);
        assertEquals("report.txt", Files.readString(out.resolve("report.txt")));
        assertEquals("rates/one.json", Files.readString(out.resolve("rates/one.json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/etc/outside", "a/../../outside", "."})
    void noFileLiesOutside(String name) {
        Path out = directory.resolve("out");
        TestbedException refused =
                assertThrows(TestbedException.class, () -> results(name).writeTo(out));
        assertEquals(
                "the host left a file called '%s', which lies outside of %s".formatted(name, out),
                refused.getMessage());
        assertFalse(Files.exists(directory.resolve("outside")));
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        TestbedException refused =
                assertThrows(TestbedException.class, () -> results("a").writeTo(file.resolve("below")));
        assertEquals("cannot write " + file.resolve("below/a") + ": Not a directory", refused.getMessage());
    }

    private static Results results(String... names) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : names) {
            files.put(name, name.getBytes(StandardCharsets.UTF_8));
        }
        return new Results(0, files);
    }
}
