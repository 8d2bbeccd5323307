package io.kvm4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds a guest's memory and state is its owner's alone. */
class PrivateFilesTest {
    @TempDir
    Path folder;

    static String modeOf(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aNewDirectoryAndItsFilesAreTheOwnersAlone() throws IOException {
        Path directory = folder.resolve("guest");
        PrivateFiles.createDirectory(directory);
        assertEquals("rwx------", modeOf(directory));
        Path file = directory.resolve("memory");
        try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertEquals("rw-------", modeOf(file));
            channel.write(ByteBuffer.allocate(1));
        }
    }

    @Test
    void aFileThatWasOpenToOthersIsTightened() throws IOException {
        Path file = Files.createFile(folder.resolve("memory"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        PrivateFiles.open(file, StandardOpenOption.WRITE).close();
        assertEquals("rw-------", modeOf(file));
    }

    @Test
    void noSymbolicLinkIsFollowed() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "as it was");
        Path link = Files.createSymbolicLink(folder.resolve("memory"), target);
        assertThrows(
                IOException.class,
                () -> PrivateFiles.open(
                        link,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING));
        assertEquals("as it was", Files.readString(target));
    }
}
