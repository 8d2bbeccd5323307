package io.kvm4j.headers.program;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
     * Writes a text to a file, in UTF-8, as {@link #write(Path, byte[])} writes bytes.
     *
     * @throws IOException if it cannot be written; the message names the file and the reason
     */
    public static void write(Path file, String text) throws IOException {
        ByteBuffer encoded;
        try {
            encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw unwritable(file, e);
        }
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        write(file, bytes);
    }

    /**
     * Writes bytes to a file. A new or regular file is written beside its place first and takes it once it is whole, so
     * that a full disk leaves no half of it, and what was there before remains.
     *
     * @throws IOException if it cannot be written; the message names the file and the reason
     */
    public static void write(Path file, byte[] bytes) throws IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                // A device, a pipe or a link: nothing that another file may take the place of.
                Files.write(file, bytes);
            } else {
                replace(file, bytes);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static IOException unwritable(Path file, IOException cause) {
        return new IOException("cannot write " + file + ": " + IoReason.of(cause), cause);
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Path unfinished = file.toAbsolutePath().resolveSibling(".kvm4j-" + UUID.randomUUID() + ".unfinished");
        try {
            Files.write(unfinished, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
