package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.ReadCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Reads the messages of a userfaultfd, several at once. Once compiled by C2, reading and taking apart allocate nothing.
 * One thread at a time may use an object; several may read one descriptor, each by an object of its own: a message goes
 * to one of them.
 */
public final class UffdReader {
    private final int fd;
    private final MemorySegment memory;
    private final Message[] messages;
    private int count;

    private UffdReader(int fd, int capacity) {
        long size = UffdMsg.LAYOUT.byteSize();
        this.fd = fd;
        this.memory = Arena.ofAuto().allocate(capacity * size, Long.BYTES);
        this.messages = new Message[capacity];
        for (int i = 0; i < capacity; i++) {
            messages[i] = new Message(UffdMsg.within(memory, i * size));
        }
    }

    /**
     * A reader of a userfaultfd.
     *
     * @param fd the descriptor, which the caller keeps and closes
     * @param capacity how many messages to take at once at most
     */
    public static UffdReader of(int fd, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("room for %d messages".formatted(capacity));
        }
        return new UffdReader(fd, capacity);
    }

    /**
     * Reads the messages that wait, and if there are none waits for one, unless the descriptor is non-blocking.
     *
     * @return how many there are; 0 if there are none and the descriptor is non-blocking, or a signal came
     * @throws ErrnoException with EINVAL before the API is agreed upon
     */
    public int read() {
        long bytes = ReadCall.read(fd, memory);
        count = (int) Math.max(0, bytes / UffdMsg.LAYOUT.byteSize());
        if (bytes < 0 && bytes != -Errno.EAGAIN && bytes != -Errno.EINTR) {
            throw ErrnoException.of((int) -bytes, "read", "fd " + fd);
        }
        return count;
    }

    /**
     * One of the messages that {@link #read} returned last.
     *
     * @param index from 0 to below what it returned
     */
    public UffdEvent event(int index) {
        return messages[Objects.checkIndex(index, count)].event();
    }

    /** The views of one message, made once. */
    private static final class Message {
        private final UffdMsg message;
        private final UffdEvent.Pagefault pagefault;
        private final UffdEvent.Fork fork;
        private final UffdEvent.Remap remap;
        private final UffdEvent.Remove remove;
        private final UffdEvent.Unmap unmap;
        private final UffdEvent.Unrecognized unrecognized;

        private Message(UffdMsg message) {
            this.message = message;
            pagefault = new UffdEvent.Pagefault(message);
            fork = new UffdEvent.Fork(message);
            remap = new UffdEvent.Remap(message);
            remove = new UffdEvent.Remove(message);
            unmap = new UffdEvent.Unmap(message);
            unrecognized = new UffdEvent.Unrecognized(message);
        }

        private UffdEvent event() {
            return switch (message.event()) {
                case UserfaultfdConstants.UFFD_EVENT_PAGEFAULT -> pagefault;
                case UserfaultfdConstants.UFFD_EVENT_FORK -> fork;
                case UserfaultfdConstants.UFFD_EVENT_REMAP -> remap;
                case UserfaultfdConstants.UFFD_EVENT_REMOVE -> remove;
                case UserfaultfdConstants.UFFD_EVENT_UNMAP -> unmap;
                default -> unrecognized;
            };
        }
    }
}
