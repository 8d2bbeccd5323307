package io.kvm4j.posix;

import io.kvm4j.uapi.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A directory, and files in it, that no other user can enter, read or write, whatever the umask: the directory has mode
 * 0700 and a file 0600 before anything is in them. Files are reached from the descriptor of the directory by names without
 * a slash, and no symbolic link is followed. Not for use by several threads at a time.
 */
public final class PrivateDirectory implements AutoCloseable {
    private static final boolean ARM = Architecture.current() == Architecture.AARCH64;
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 0x2;
    private static final int O_CREAT = 0x40;
    private static final int O_EXCL = 0x80;
    private static final int O_DIRECTORY = ARM ? 0x4000 : 0x1_0000;
    private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x2_0000;
    private static final int O_PATH = 0x20_0000;

    private static final int ENOTDIR = 20;
    private static final int ELOOP = 40;

    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0600;

    private final Path path;
    private final Descriptor directory;

    private PrivateDirectory(Path path, Descriptor directory) {
        this.path = path;
        this.directory = directory;
    }

    /**
     * Opens a directory. It is created if it is missing, as are its parents, all with mode 0700. One that exists and that
     * others may enter is set to 0700 if it is empty or was used in this way before; with other files alone in it, it serves
     * another purpose, and is refused.
     *
     * @param usedBefore whether a file of that name shows that the directory was used in this way before
     * @throws IOException if the directory belongs to another user, is open to others and in use, is a symbolic link, or
     *     cannot be opened
     */
    public static PrivateDirectory open(Path path, Predicate<String> usedBefore) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null && Files.notExists(parent)) {
            open(parent, usedBefore).close();
        }
        int made = FileCalls.mkdir(path.toString(), DIRECTORY_MODE);
        if (made < 0 && made != -Errno.EEXIST) {
            throw failed(path, "cannot be created", -made);
        }
        try (Descriptor place = openPlace(path)) {
            restrict(path, usedBefore, place, made == 0);
            int fd = FileCalls.openat(place.fd(), ".", O_RDONLY | O_DIRECTORY | SystemCalls.O_CLOEXEC, 0);
            if (fd < 0) {
                throw failed(path, "cannot be opened", -fd);
            }
            return new PrivateDirectory(path, Descriptor.owning(fd, path.toString()));
        }
    }

    /** Opens it without a right to read it, which a directory that was made under a strict umask does not give. */
    private static Descriptor openPlace(Path path) throws IOException {
        int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | SystemCalls.O_CLOEXEC;
        int fd = FileCalls.openat(FileCalls.WORKING_DIRECTORY, path.toString(), flags, 0);
        if (fd == -ENOTDIR) {
            throw new IOException(path + " is no directory, or a symbolic link to one: name the directory itself");
        }
        if (fd < 0) {
            throw failed(path, "cannot be opened", -fd);
        }
        return Descriptor.owning(fd, path.toString());
    }

    private static void restrict(Path path, Predicate<String> usedBefore, Descriptor place, boolean created)
            throws IOException {
        FileStatus status = owned(path, FileStatus.of(place.fd(), ""));
        boolean tooWide = status.isOpenToOthers();
        if (tooWide && !created && !isFree(path, usedBefore)) {
            throw new IOException(
                    "%s is open to other users (mode 0%o) and in use: name another directory, or chmod 700 it"
                            .formatted(path, status.permissions()));
        }
        if (tooWide || (created && status.permissions() != DIRECTORY_MODE)) {
            // fchmod(2) refuses a descriptor without a right to read.
            int result = FileCalls.chmod("/proc/self/fd/" + place.fd(), DIRECTORY_MODE);
            if (result < 0) {
                throw failed(path, "cannot be closed to other users", -result);
            }
        }
    }

    private static boolean isFree(Path path, Predicate<String> usedBefore) throws IOException {
        boolean empty = true;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                empty = false;
                if (usedBefore.test(String.valueOf(file.getFileName()))) {
                    return true;
                }
            }
        }
        return empty;
    }

    private static FileStatus owned(Path path, FileStatus status) throws IOException {
        if (status.errno() != 0) {
            throw failed(path, "cannot be examined", status.errno());
        }
        if (status.owner() != FileCalls.geteuid()) {
            throw new IOException("%s belongs to user %s, not to user %s, which runs this: name another directory"
                    .formatted(
                            path,
                            Integer.toUnsignedString(status.owner()),
                            Integer.toUnsignedString(FileCalls.geteuid())));
        }
        return status;
    }

    private static IOException failed(Path path, String what, int errno) {
        return new IOException("%s %s: %s".formatted(path, what, Errno.name(errno)));
    }

    private Path path(String name) {
        return path.resolve(name);
    }

    /**
     * Creates a file to read and write, in place of one of that name. The caller closes it.
     *
     * @throws IOException if it cannot be created
     */
    public Descriptor replace(String name) throws IOException {
        remove(name);
        return opened(name, O_RDWR | O_CREAT | O_EXCL);
    }

    /**
     * Opens a file to read and write, which is created if it is missing. The caller closes it.
     *
     * @throws IOException if it cannot be opened, is no regular file of this user's, or has another name elsewhere
     */
    public Descriptor open(String name) throws IOException {
        return opened(name, O_RDWR | O_CREAT);
    }

    private Descriptor opened(String name, int flags) throws IOException {
        int result = FileCalls.openat(
                directory.fd(), name, flags | O_NOFOLLOW | SystemCalls.O_NONBLOCK | SystemCalls.O_CLOEXEC, FILE_MODE);
        return restricted(name, result);
    }

    private Descriptor restricted(String name, int opened) throws IOException {
        if (opened == -ELOOP) {
            throw new IOException(path(name) + " is a symbolic link: remove it");
        }
        if (opened < 0) {
            throw failed(path(name), "cannot be opened", -opened);
        }
        Descriptor file = Descriptor.owning(opened, path(name).toString());
        try {
            FileStatus status = owned(path(name), FileStatus.of(file.fd(), ""));
            if (!status.isRegularFile() || status.links() != 1) {
                throw new IOException(path(name) + " is no file of its own: remove it");
            }
            if (status.permissions() != FILE_MODE) {
                require(FileCalls.fchmod(file.fd(), FILE_MODE), name, "cannot be closed to other users");
            }
            return file;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(file::close).rethrow();
        }
    }

    private void require(long result, String name, String what) throws IOException {
        if (result < 0) {
            throw failed(path(name), what, (int) -result);
        }
    }

    /**
     * Reads the start of a file.
     *
     * @param most the most bytes that are read
     * @return empty if there is no such file
     * @throws IOException if it cannot be read, is no regular file of this user's, or has another name elsewhere
     */
    public Optional<byte[]> read(String name, int most) throws IOException {
        int opened = FileCalls.openat(
                directory.fd(), name, O_RDONLY | O_NOFOLLOW | SystemCalls.O_NONBLOCK | SystemCalls.O_CLOEXEC, 0);
        if (opened == -Errno.ENOENT) {
            return Optional.empty();
        }
        try (Descriptor file = restricted(name, opened);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(1, most));
            long length = 0;
            while (length < most) {
                long read = FileCalls.read(file.fd(), bytes.asSlice(length, most - length));
                require(read, name, "cannot be read");
                if (read == 0) {
                    break;
                }
                length += read;
            }
            return Optional.of(bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /**
     * Writes a file in place of one of that name, and waits until its content is on the disk.
     *
     * @throws IOException if it cannot be written
     */
    public void write(String name, byte[] content) throws IOException {
        try (Descriptor file = replace(name);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, content);
            for (long at = 0; at < content.length; ) {
                long written = FileCalls.write(file.fd(), bytes.asSlice(at));
                require(written, name, "cannot be written");
                at += written;
            }
            require(FileCalls.fsync(file.fd()), name, "cannot be written to the disk");
        }
    }

    /** Whether there is an entry of that name, of whatever type. */
    public boolean has(String name) {
        return FileStatus.of(directory.fd(), name).errno() == 0;
    }

    /**
     * Removes a file, or a symbolic link itself, if there is one.
     *
     * @throws IOException if it cannot be removed
     */
    public void remove(String name) throws IOException {
        int result = FileCalls.unlinkat(directory.fd(), name);
        if (result != -Errno.ENOENT) {
            require(result, name, "cannot be removed");
        }
    }

    /**
     * Renames a file, in one step, in place of one that has the new name.
     *
     * @throws IOException if it cannot be renamed
     */
    public void rename(String from, String to) throws IOException {
        require(FileCalls.renameat(directory.fd(), from, to), from, "cannot be renamed to " + to);
    }

    /**
     * Waits until the names of the files are on the disk.
     *
     * @throws IOException if they cannot be written
     */
    public void sync() throws IOException {
        int result = FileCalls.fsync(directory.fd());
        if (result < 0) {
            throw failed(path, "cannot be written to the disk", -result);
        }
    }

    /**
     * Locks a file until its descriptor is closed or the last thread of this process has ended. The lock belongs to this
     * descriptor: another one of the same file is refused, in this process too, and closing that one releases nothing.
     *
     * @return false if the file is locked already
     * @throws IOException if it cannot be locked
     */
    public boolean lock(Descriptor file) throws IOException {
        int result = FileCalls.lock(file.fd());
        if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
            return false;
        }
        if (result < 0) {
            throw new IOException("%s cannot be locked: %s".formatted(file.name(), Errno.name(-result)));
        }
        return true;
    }

    /** The path that it was opened by. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        directory.close();
    }
}
