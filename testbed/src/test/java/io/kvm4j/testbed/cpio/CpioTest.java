package io.kvm4j.testbed.cpio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioTest {
    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CpioWriter writer = new CpioWriter(bytes)) {
            writer.program("bin/run", "abc".getBytes(StandardCharsets.UTF_8));
            writer.link("bin/other", "run");
            writer.file("empty", new byte[0]);
        }
        return bytes.toByteArray();
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Map<String, byte[]> files = new CpioReader(new ByteArrayInputStream(archive())).readFiles();
        assertEquals(List.of("bin/run", "empty"), List.copyOf(files.keySet()));
        assertArrayEquals("abc".getBytes(StandardCharsets.UTF_8), files.get("bin/run"));
        assertEquals(0, files.get("empty").length);
    }

    @Test
    void theSameFilesGiveTheSameBytesWhateverTheirAge(@TempDir Path directory) throws IOException {
        byte[][] archives = new byte[2][];
        for (int i = 0; i < 2; i++) {
            Path source = Files.createDirectories(directory.resolve("source" + i));
            for (String name : i == 0 ? List.of("a", "b") : List.of("b", "a")) {
                Files.writeString(source.resolve(name), name);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (CpioWriter writer = new CpioWriter(bytes)) {
                writer.copy("files", source);
            }
            archives[i] = bytes.toByteArray();
        }
        assertArrayEquals(archives[0], archives[1]);
    }

    @Test
    void anotherArchiveCanFollow() throws IOException {
        assertEquals(0, archive().length % 512);
    }

    @Test
    void whatIsCutOffOrNoArchiveIsRefused() throws IOException {
        byte[] whole = archive();
        byte[] half = Arrays.copyOf(whole, 200);
        assertThrows(IOException.class, () -> new CpioReader(new ByteArrayInputStream(half)).readFiles());
        byte[] other = new byte[300];
        assertThrows(IOException.class, () -> new CpioReader(new ByteArrayInputStream(other)).readFiles());
    }
}
