package io.kvm4j.headers.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files that are either whole or not there. */
public final class OutputFile {
    private OutputFile() {}

    /**
     * Writes a text to a file. A new or regular file is written beside its place first and takes it once it is whole, so
     * that a full disk leaves no half of it, and what was there before remains.
     *
     * @throws IOException if it cannot be written; the message names the file and the reason
     */
    public static void write(Path file, String text) throws IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                // A device, a pipe or a link: nothing that another file may take the place of.
                Files.writeString(file, text);
            } else {
                replace(file, text);
            }
        } catch (IOException e) {
            throw new IOException("cannot write " + file + ": " + IoReason.of(e), e);
        }
    }

    private static void replace(Path file, String text) throws IOException {
        Path unfinished = file.toAbsolutePath().resolveSibling(".kvm4j-" + UUID.randomUUID() + ".unfinished");
        try {
            Files.writeString(unfinished, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
