package io.kvm4j.headers.debian;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A directory for a piece of work, which is deleted with all that is in it at its end, or when this JVM is stopped before. */
public final class ScratchDirectory implements AutoCloseable {
    /** Programs that the work has started may still be ending. */
    private static final int ATTEMPTS = 20;

    private static final long PAUSE_NANOS = 50_000_000;

    private final Path path;
    private final Thread atShutdown = new Thread(this::deleteAtShutdown, "delete-scratch");

    private ScratchDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes one.
     *
     * @param parent where, an existing directory
     * @param prefix of its name
     */
    public static ScratchDirectory in(Path parent, String prefix) throws IOException {
        ScratchDirectory directory =
                new ScratchDirectory(Files.createTempDirectory(parent, prefix).toRealPath());
        Runtime.getRuntime().addShutdownHook(directory.atShutdown);
        return directory;
    }

    /** Where it is, without links. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException _) {
            // The JVM is stopping, and deletes it.
            return;
        }
        Trees.delete(path);
    }

    private void deleteAtShutdown() {
        boolean isDeleted = false;
        for (int attempt = 0; attempt < ATTEMPTS && !isDeleted; attempt++) {
            try {
                Trees.delete(path);
                isDeleted = true;
            } catch (IOException | UncheckedIOException _) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
