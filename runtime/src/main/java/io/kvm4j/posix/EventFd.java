package io.kvm4j.posix;

import io.kvm4j.uapi.ErrnoException;

/** An eventfd that one thread sets and others poll: once set, it stays readable. Any thread may use and close it. */
public final class EventFd implements AutoCloseable {
    private final Descriptor descriptor;

    private EventFd(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Creates one that is not set.
     *
     * @throws ErrnoException if {@code eventfd(2)} fails
     */
    public static EventFd create() {
        int fd = PageCalls.eventfd(PageCalls.O_CLOEXEC | PageCalls.O_NONBLOCK);
        if (fd < 0) {
            throw ErrnoException.of(-fd, "eventfd", "0");
        }
        return new EventFd(Descriptor.owning(fd, "eventfd"));
    }

    /** Its number. */
    public int fd() {
        return descriptor.fd();
    }

    /** Makes it readable. Does nothing once it is closed. */
    public void set() {
        if (!descriptor.isClosed()) {
            PageCalls.eventfdWrite(descriptor.fd(), 1);
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
