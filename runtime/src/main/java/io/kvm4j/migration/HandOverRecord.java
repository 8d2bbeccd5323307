package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.PrivateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a guest, recorded in a directory that outlives the source's process. While the file {@code handed-over} is
 * missing, the guest is the source's. As soon as it exists, the guest belongs to the destination that the file names, and
 * no process may run it here. The file appears whole or not at all. It survives the process, and what {@code fsync(2)}
 * promises.
 *
 * <p>An open record holds a lock on the directory, which the kernel releases when the last thread of its process has ended:
 * the next process of the directory starts when no vCPU of the last one can run any more. The lock belongs to this object
 * (it is one of an open file description); a second one is refused, in this process too, and takes nothing from the first.
 *
 * <p>The file holds the numbers by which the destination is recognized. The directory therefore has mode 0700 and its files
 * 0600, whatever the umask, and no symbolic link is followed. A directory that other users may enter is set to 0700 if it
 * is empty or was a record's before; otherwise it is refused, as is one of another user.
 */
public final class HandOverRecord implements AutoCloseable {
    private static final String NAME = "handed-over";
    private static final String PENDING = NAME + ".pending";
    private static final String LOCK = "lock";
    private static final int LONGEST = 256;
    private static final int MOST_SET_ASIDE = 1000;

    private final PrivateDirectory directory;
    private final Descriptor lock;

    @GuardedBy("this")
    private @Nullable MoveAttempt handedOver;

    @GuardedBy("this")
    private boolean closed;

    /** Whether the last attempt may have been recorded. */
    @GuardedBy("this")
    private boolean committing;

    private HandOverRecord(PrivateDirectory directory, Descriptor lock, @Nullable MoveAttempt handedOver) {
        this.directory = directory;
        this.lock = lock;
        this.handedOver = handedOver;
    }

    /**
     * Opens the record of a directory, which is created if it is missing.
     *
     * @throws IOException if another record of the directory is open, in this process or another, if the directory is
     *     another user's or open to others, or if the record cannot be read
     */
    public static HandOverRecord open(Path path) throws IOException {
        PrivateDirectory directory = PrivateDirectory.open(path, HandOverRecord::isOwnFile);
        try {
            Descriptor lock = directory.open(LOCK);
            try {
                if (!directory.lock(lock)) {
                    throw new IOException(path + " is in use: another source has it, end that first");
                }
                return new HandOverRecord(directory, lock, read(directory).orElse(null));
            } catch (Throwable e) {
                throw Cleanup.after(e).run(lock::close).rethrow();
            }
        } catch (Throwable e) {
            throw Cleanup.after(e).run(directory::close).rethrow();
        }
    }

    private static boolean isOwnFile(String name) {
        return name.equals(LOCK) || name.startsWith(NAME);
    }

    private static Optional<MoveAttempt> read(PrivateDirectory directory) throws IOException {
        Optional<byte[]> content = directory.read(NAME, LONGEST);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(MoveAttempt.parse(new String(content.get(), StandardCharsets.US_ASCII))
                .orElseThrow(() -> new IOException(
                        ("%s is damaged: the guest was handed over, and it is not known to which destination; remove"
                                        + " the file if no destination runs the guest")
                                .formatted(directory.path().resolve(NAME)))));
    }

    /** Whether the guest is a destination's. */
    public synchronized boolean isHandedOver() {
        return handedOver != null;
    }

    synchronized @Nullable MoveAttempt handedOver() {
        return handedOver;
    }

    synchronized boolean isOpen() {
        return !closed;
    }

    /** Another process may own the directory once this is closed. */
    @GuardedBy("this")
    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException(directory.path() + " is closed: the guest cannot be handed over any more");
        }
    }

    /**
     * Writes all that can fail of a hand-over without deciding it.
     *
     * @throws IOException if it cannot be written, or the record is closed
     */
    synchronized void prepare(MoveAttempt attempt) throws IOException {
        requireOpen();
        committing = false;
        directory.write(PENDING, attempt.text().getBytes(StandardCharsets.US_ASCII));
        directory.sync();
    }

    /**
     * Hands the guest over as it was prepared.
     *
     * @throws IOException if this failed; then {@link #settle} tells whether it was recorded
     */
    synchronized void commit(MoveAttempt attempt) throws IOException {
        requireOpen();
        committing = true;
        directory.rename(PENDING, NAME);
        directory.sync();
        handedOver = attempt;
    }

    /**
     * Finds out what became of a {@link #commit} that failed, from the file system.
     *
     * @return true if the guest was handed over by that attempt, false if it certainly was not
     * @throws IOException if that cannot be found out now
     */
    synchronized boolean settle(MoveAttempt attempt) throws IOException {
        if (!committing) {
            return false;
        }
        requireOpen();
        Optional<MoveAttempt> recorded = read(directory);
        if (recorded.isEmpty()) {
            // A rename that comes late, as over a network, must not find what it renames.
            directory.remove(PENDING);
            recorded = read(directory);
        }
        if (recorded.isEmpty()) {
            committing = false;
            return false;
        }
        if (!recorded.get().equals(attempt)) {
            throw new IOException(
                    "%s names another attempt".formatted(directory.path().resolve(NAME)));
        }
        directory.sync();
        handedOver = attempt;
        return true;
    }

    /**
     * Records, by decision of the operator, that the guest was not handed over. What is in the place of the record is kept
     * under another name.
     *
     * @throws IOException if that cannot be recorded; then nothing is decided
     */
    synchronized void decideKept() throws IOException {
        requireOpen();
        setAside();
        directory.remove(PENDING);
        directory.sync();
        committing = false;
    }

    /**
     * Records, by decision of the operator, that the guest was handed over by an attempt.
     *
     * @throws IOException if that cannot be recorded; then nothing is decided
     */
    synchronized void decideHandedOver(MoveAttempt attempt) throws IOException {
        requireOpen();
        setAside();
        prepare(attempt);
        commit(attempt);
    }

    private void setAside() throws IOException {
        if (directory.has(NAME)) {
            int number = 1;
            while (number < MOST_SET_ASIDE && directory.has(aside(number))) {
                number++;
            }
            directory.rename(NAME, aside(number));
        }
    }

    private static String aside(int number) {
        return NAME + ".aside-" + number;
    }

    /** Releases the directory for another process. This record hands nothing over any more. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        new Cleanup().run(directory::close).run(lock::close).finish();
    }
}
