package io.kvm4j.headers.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The text form of a {@link Snapshot}: JSON in UTF-8, with LF line ends and one line per field, constant, ioctl and
 * header, so that a changed ABI shows in a diff line by line.
 *
 * <p>Reading is strict: a key that is missing, unknown or of another kind than expected is an error that names the line.
 * What is written and read again is equal, and equal snapshots have equal texts.
 */
public final class SnapshotJson {
    private SnapshotJson() {}

    /**
     * Reads a snapshot from a file.
     *
     * @throws SnapshotFormatException if the text is no snapshot
     * @throws IOException if the file cannot be read
     */
    public static Snapshot read(Path file) throws IOException {
        return read(Files.readString(file), file.toString());
    }

    /**
     * Reads a snapshot from a stream, which stays open.
     *
     * @param name what error messages call the source
     * @throws SnapshotFormatException if the text is no snapshot
     * @throws IOException if the stream cannot be read
     */
    public static Snapshot read(InputStream stream, String name) throws IOException {
        return read(new String(stream.readAllBytes(), StandardCharsets.UTF_8), name);
    }

    /**
     * Reads a snapshot from its text.
     *
     * @param name what error messages call the source
     * @throws SnapshotFormatException if the text is no snapshot
     */
    public static Snapshot read(String text, String name) throws SnapshotFormatException {
        return new SnapshotReader(name).read(JsonNode.parse(text, name));
    }

    /** Writes a snapshot as text. */
    public static String write(Snapshot snapshot) {
        return new SnapshotWriter().write(snapshot);
    }
}
