package io.kvm4j.headers.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    @TempDir
    private Path directory;

    @Test
    void replacesAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("page.html"), "old");
        OutputFile.write(file, "new");
        assertEquals("new", Files.readString(file));
        assertEquals(List.of("page.html"), names());
    }

    @Test
    void writesThroughALink() throws IOException {
        Path file = Files.writeString(directory.resolve("page.html"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        OutputFile.write(link, "new");
        assertEquals("new", Files.readString(file));
        assertEquals(List.of("link", "page.html"), names());
    }

    @Test
    void aDeviceThatIsFullIsNamed() {
        IOException failure = assertThrows(IOException.class, () -> OutputFile.write(Path.of("/dev/full"), "text"));
        assertEquals("cannot write /dev/full: No space left on device", failure.getMessage());
    }

    @Test
    void aTextThatCannotBeWrittenLeavesWhatWasThere() throws IOException {
        Path file = Files.writeString(directory.resolve("page.html"), "old");
        // Half of a surrogate pair cannot be encoded, so writing fails on the way.
        IOException failure =
                assertThrows(IOException.class, () -> OutputFile.write(file, "x".repeat(20_000) + "\ud800"));
        assertEquals("cannot write " + file + ": not UTF-8 text", failure.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("page.html"), names());
    }

    @Test
    void aMissingDirectoryIsSaidInWords() {
        Path file = directory.resolve("gone/page.html");
        IOException failure = assertThrows(IOException.class, () -> OutputFile.write(file, "text"));
        assertEquals("cannot write " + file + ": No such file or directory", failure.getMessage());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
