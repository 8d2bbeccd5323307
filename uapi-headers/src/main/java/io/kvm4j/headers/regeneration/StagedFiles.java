package io.kvm4j.headers.regeneration;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.program.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files that are to be replaced together. Each is written whole beside its place first; only when all are there do they
 * take their places, each at once. Who is interrupted before that has written nothing.
 */
final class StagedFiles implements AutoCloseable {
    private final Map<Path, String> texts = new LinkedHashMap<>();
    private final Map<Path, Path> temporaries = new LinkedHashMap<>();

    /** Keeps the text that a file shall have. */
    void add(Path file, String text) {
        texts.put(file, text);
    }

    /** Puts all files into their places. */
    void replace() {
        texts.forEach(this::write);
        temporaries.forEach((file, temporary) -> {
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw unwritable(file, e);
            }
        });
    }

    private void write(Path file, String text) {
        try {
            Path directory = file.toAbsolutePath().getParent();
            Files.createDirectories(directory);
            // Not *.json: whoever reads all snapshots of a directory must not take it for one.
            Path temporary = Files.createTempFile(directory, ".snapshot-", ".unfinished");
            temporaries.put(file, temporary);
            Files.writeString(temporary, text);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static HeadersException unwritable(Path file, IOException cause) {
        return new HeadersException(
                Problem.ENVIRONMENT,
                "cannot write " + file + ": " + IoReason.of(cause)
                        + "; see to it that it can be written, or name another place with --output",
                cause);
    }

    /** Deletes what has not taken its place. */
    @Override
    public void close() {
        for (Path temporary : temporaries.values()) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                throw unwritable(temporary, e);
            }
        }
    }
}
