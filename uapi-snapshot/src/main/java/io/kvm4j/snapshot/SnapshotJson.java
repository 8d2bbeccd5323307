package io.kvm4j.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The text form of a {@link Snapshot}: JSON in UTF-8, with LF line ends and one line per field, constant, ioctl and
 * header, so that a changed ABI shows in a diff line by line.
 *
 * <p>Reading is strict: a key that is missing, unknown or of another kind than expected is an error that names the line, as
 * is a text that is no name, type or path, a record that no C compiler could lay out, and what is larger than snapshots
 * are: 16 MiB, 4,096 records, 800 members of one of them and 16,384 of all, 16,384 constants, records nested 16 deep.
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
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + " is no file");
        }
        try (InputStream stream = Files.newInputStream(file)) {
            return read(stream, file.toString());
        }
    }

    /**
     * Reads a snapshot from a stream, which stays open.
     *
     * @param name what error messages call the source
     * @throws SnapshotFormatException if the text is no snapshot
     * @throws IOException if the stream cannot be read
     */
    public static Snapshot read(InputStream stream, String name) throws IOException {
        return read(SnapshotText.read(stream, name), name);
    }

    /**
     * Reads a snapshot from its text.
     *
     * @param name what error messages call the source
     * @throws SnapshotFormatException if the text is no snapshot
     */
    public static Snapshot read(String text, String name) throws SnapshotFormatException {
        SnapshotText.check(text, name);
        return new SnapshotReader(name).read(new JsonReader(name).read(text));
    }

    /** Writes a snapshot as text. */
    public static String write(Snapshot snapshot) {
        return new SnapshotWriter().write(snapshot);
    }
}
