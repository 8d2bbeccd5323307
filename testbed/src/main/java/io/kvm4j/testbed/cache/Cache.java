package io.kvm4j.testbed.cache;

import io.kvm4j.headers.debian.Trees;
import io.kvm4j.testbed.TestbedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Directories by kind and by the hash of what they were built from. An entry appears whole or not at all, and is built
 * once however many threads and processes ask for it; one that was damaged is built again; one that nobody used for a month gives way when
 * another of its kind is built.
 */
public final class Cache {
    private static final Duration KEPT_UNUSED = Duration.ofDays(30);

    private final Path root;
    private final Consumer<String> progress;
    private final ReentrantLock building = new ReentrantLock();

    /**
     * Keeps entries in a directory.
     *
     * @param root made when needed
     * @param progress takes one line for each thing that the user should know
     */
    public Cache(Path root, Consumer<String> progress) {
        this.root = root;
        this.progress = progress;
    }

    /** Fills an entry. */
    @FunctionalInterface
    public interface Builder {
        /**
         * Puts the entry's files into an empty directory; if this throws, the entry doesn't come to be.
         *
         * @param directory becomes the entry
         */
        void build(Path directory) throws IOException;
    }

    /** The entry if it is there and whole. */
    public Optional<Path> find(String kind, String hash) throws IOException {
        Path entry = entry(kind, hash);
        return Files.isDirectory(entry) && Manifest.holds(entry) ? Optional.of(entry) : Optional.empty();
    }

    /** The entry, built now if it isn't there or is damaged. */
    public Path get(String kind, String hash, Builder builder) throws IOException {
        Path entry = entry(kind, hash);
        if (find(kind, hash).isEmpty()) {
            createDirectories(root);
            // A lock of the file is this whole process's.
            building.lock();
            try {
                buildLocked(kind, hash, builder);
            } finally {
                building.unlock();
            }
        }
        Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
        return entry;
    }

    /** Forgets the entry, so that the next to ask builds it. */
    public void drop(String kind, String hash) throws IOException {
        Trees.delete(entry(kind, hash));
    }

    private void buildLocked(String kind, String hash, Builder builder) throws IOException {
        Path entry = entry(kind, hash);
        try (FileChannel file = FileChannel.open(lockOf(entry), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = lock(file, entry)) {
            if (find(kind, hash).isPresent()) {
                return;
            }
            if (Files.exists(entry)) {
                progress.accept("the cached " + entry.getFileName() + " is damaged: building it again");
            }
            build(entry, builder);
            dropUnused(kind, entry);
        }
    }

    private FileLock lock(FileChannel file, Path entry) throws IOException {
        FileLock lock = file.tryLock();
        if (lock == null) {
            progress.accept("waiting for another process that builds " + entry.getFileName());
            lock = file.lock();
        }
        return lock;
    }

    private void build(Path entry, Builder builder) throws IOException {
        Path unfinished = root.resolve(entry.getFileName() + ".unfinished");
        Trees.delete(unfinished);
        Files.createDirectory(unfinished);
        try {
            builder.build(unfinished);
            Manifest.write(unfinished);
            Trees.delete(entry);
            Files.move(unfinished, entry, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Trees.delete(unfinished);
        }
    }

    /** Entries of the kind, whole or not, that lie there untouched. */
    private void dropUnused(String kind, Path used) throws IOException {
        Instant limit = Instant.now().minus(KEPT_UNUSED);
        List<Path> others;
        try (Stream<Path> entries = Files.list(root)) {
            others = entries.filter(path -> path.getFileName().toString().startsWith(kind + "-"))
                    .filter(path -> !path.getFileName()
                            .toString()
                            .startsWith(used.getFileName().toString()))
                    .toList();
        }
        for (Path other : others) {
            if (Files.getLastModifiedTime(other).toInstant().isBefore(limit)) {
                Trees.delete(other);
            }
        }
    }

    private static void createDirectories(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new TestbedException(
                    "cannot make " + directory + " (" + e.getMessage()
                            + "): set XDG_CACHE_HOME to a directory that you can write to",
                    e);
        }
    }

    private Path entry(String kind, String hash) {
        return root.resolve(kind + "-" + hash);
    }

    private static Path lockOf(Path entry) {
        return entry.resolveSibling(entry.getFileName() + ".lock");
    }
}
