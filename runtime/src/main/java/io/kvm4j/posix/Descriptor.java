package io.kvm4j.posix;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** The owner of a file descriptor. Any thread may use and close it; who closes it sees to it that nobody uses it then. */
public final class Descriptor implements AutoCloseable {
    private static final int O_RDWR = 0x2;
    private static final int MFD_CLOEXEC = 0x1;
    private static final int MFD_ALLOW_SEALING = 0x2;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_ADD_SEALS = 1033;

    /** F_SEAL_SEAL, F_SEAL_SHRINK and F_SEAL_GROW. */
    private static final int F_SEAL_SIZE = 0x7;

    private final int fd;
    private final String name;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Descriptor(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /**
     * Opens a file to read and write, not inherited by child processes.
     *
     * @throws ErrnoException if {@code open(2)} fails
     */
    public static Descriptor open(Path path) {
        int fd = SystemCalls.open(path.toString(), O_RDWR | SystemCalls.O_CLOEXEC);
        if (fd < 0) {
            throw ErrnoException.of(-fd, "open", "\"%s\", O_RDWR|O_CLOEXEC".formatted(path));
        }
        return new Descriptor(fd, path.toString());
    }

    /**
     * Makes a file in memory, zeroed and of a size that nobody can change: who maps it would get SIGBUS otherwise.
     *
     * @param size in bytes
     * @throws ErrnoException if {@code memfd_create(2)}, {@code ftruncate(2)} or {@code fcntl(2)} fails
     */
    public static Descriptor memory(String name, long size) {
        int fd = require(SystemCalls.memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create", name);
        Descriptor memory = new Descriptor(fd, name);
        try {
            require(SystemCalls.ftruncate(fd, size), "ftruncate", "%s, %d bytes".formatted(name, size));
            require(SystemCalls.fcntl(fd, F_ADD_SEALS, F_SEAL_SIZE), "fcntl", name + ", F_ADD_SEALS");
            return memory;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(memory::close).rethrow();
        }
    }

    /**
     * Another descriptor of the same file, which lives on its own.
     *
     * @throws ErrnoException if {@code fcntl(2)} fails
     */
    public Descriptor duplicate() {
        return owning(require(SystemCalls.fcntl(fd(), F_DUPFD_CLOEXEC, 0), "fcntl", name + ", F_DUPFD_CLOEXEC"), name);
    }

    private static int require(int result, String call, String arguments) {
        if (result < 0) {
            throw ErrnoException.of(-result, call, arguments);
        }
        return result;
    }

    /**
     * Takes over a descriptor, and keeps child processes from inheriting it: the kernel makes some that they would, such as
     * those of guest_memfd and of statistics.
     *
     * @param name what it is, for people
     * @throws ErrnoException with EBADF if there is no such descriptor; if {@code fcntl(2)} fails for another reason, the
     *     descriptor is closed
     */
    public static Descriptor owning(int fd, String name) {
        Descriptor descriptor = new Descriptor(fd, name);
        try {
            closeOnExec(fd, name);
            return descriptor;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBADF) {
                throw e;
            }
            throw Cleanup.after(e).run(descriptor::close).rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(descriptor::close).rethrow();
        }
    }

    /**
     * Keeps child processes from inheriting a descriptor.
     *
     * @param name what it is, for people
     * @throws ErrnoException if {@code fcntl(2)} fails
     */
    public static void closeOnExec(int fd, String name) {
        int flags = require(SystemCalls.fcntl(fd, F_GETFD, 0), "fcntl", "%s, fd %d, F_GETFD".formatted(name, fd));
        if ((flags & FD_CLOEXEC) == 0) {
            require(SystemCalls.fcntl(fd, F_SETFD, flags | FD_CLOEXEC), "fcntl", name + ", F_SETFD, FD_CLOEXEC");
        }
    }

    /**
     * The number of the descriptor.
     *
     * @throws IllegalStateException if it is closed
     */
    public int fd() {
        if (closed.get()) {
            throw new IllegalStateException(name + " is closed");
        }
        return fd;
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed.get();
    }

    /** What it is, for people. */
    public String name() {
        return name;
    }

    /** Closes the descriptor the first time. Linux releases it whatever {@code close(2)} returns. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            SystemCalls.close(fd);
        }
    }
}
