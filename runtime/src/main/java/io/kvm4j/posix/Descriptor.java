package io.kvm4j.posix;

import io.kvm4j.uapi.ErrnoException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** The owner of a file descriptor. Any thread may use and close it; who closes it sees to it that nobody uses it then. */
public final class Descriptor implements AutoCloseable {
    private static final int O_RDWR = 0x2;
    private static final int O_CLOEXEC = 0x80000;

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
        int fd = SystemCalls.open(path.toString(), O_RDWR | O_CLOEXEC);
        if (fd < 0) {
            throw ErrnoException.of(-fd, "open", "\"%s\", O_RDWR|O_CLOEXEC".formatted(path));
        }
        return new Descriptor(fd, path.toString());
    }

    /**
     * Takes over a descriptor.
     *
     * @param name what it is, for people
     */
    public static Descriptor owning(int fd, String name) {
        return new Descriptor(fd, name);
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
