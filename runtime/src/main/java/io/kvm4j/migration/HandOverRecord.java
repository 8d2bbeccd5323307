package io.kvm4j.migration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose the guest is, in a directory that outlives the source's process. While the file {@code handed-over} is not there,
 * the guest is the source's; from the moment that it is, it is the destination's that the file names, and no process may
 * run it here. The file appears whole or not at all. It survives the process, and what {@code fsync(2)} promises.
 *
 * <p>An open record holds a lock on the directory, which the kernel releases when the last thread of its process is gone:
 * the next process of the directory starts when no vCPU of the last one can run any more.
 */
public final class HandOverRecord implements AutoCloseable {
    private static final String NAME = "handed-over";

    private final Path directory;
    private final FileChannel lockFile;
    private @Nullable Attempt handedOver;
    private boolean closed;

    private HandOverRecord(Path directory, FileChannel lockFile, @Nullable Attempt handedOver) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.handedOver = handedOver;
    }

    /**
     * Opens the record of a directory, which is made if it is not there.
     *
     * @throws IOException if another process has it open, or the record cannot be read
     */
    public static HandOverRecord open(Path directory) throws IOException {
        Files.createDirectories(directory);
        FileChannel lockFile =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            lock(lockFile, directory);
            return new HandOverRecord(
                    directory, lockFile, read(directory.resolve(NAME)).orElse(null));
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static void lock(FileChannel file, Path directory) throws IOException {
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IOException(directory + " is in use: another source has it, end that first");
        }
    }

    private static Optional<Attempt> read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return Optional.of(Attempt.parse(text)
                .orElseThrow(() ->
                        new IOException(file + " is damaged: the guest was handed over, and it is not known to whom")));
    }

    /** Whether the guest is a destination's. */
    public synchronized boolean isHandedOver() {
        return handedOver != null;
    }

    synchronized @Nullable Attempt handedOver() {
        return handedOver;
    }

    synchronized boolean isOpen() {
        return !closed;
    }

    /** Another process may own the directory once this is closed. */
    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException(directory + " is closed: the guest cannot be handed over any more");
        }
    }

    /**
     * Writes all that can fail of a hand-over without deciding it.
     *
     * @throws IOException if it cannot be written, or the record is closed
     */
    synchronized void prepare(Attempt attempt) throws IOException {
        requireOpen();
        try (FileChannel file = FileChannel.open(
                pending(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer text = StandardCharsets.US_ASCII.encode(attempt.text());
            while (text.hasRemaining()) {
                file.write(text);
            }
            file.force(true);
        }
    }

    /**
     * Hands the guest over as it was prepared.
     *
     * @throws IOException if it is not known whether that was recorded, or the record is closed
     */
    synchronized void commit(Attempt attempt) throws IOException {
        requireOpen();
        Files.move(pending(), directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
        handedOver = attempt;
    }

    private Path pending() {
        return directory.resolve(NAME + ".pending");
    }

    /** Releases the directory for another process. This record hands nothing over any more. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        lockFile.close();
    }
}
