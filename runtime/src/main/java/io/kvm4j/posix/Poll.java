package io.kvm4j.posix;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Waits until one of two descriptors can be read, or is broken. For one thread at a time; allocates nothing. */
public final class Poll {
    private static final short POLLIN = 1;
    private static final short POLLERR = 8;
    private static final short POLLNVAL = 0x20;
    private static final long SIZE = 8;
    private static final long EVENTS = 4;
    private static final long REVENTS = 6;

    private final MemorySegment descriptors = Arena.ofAuto().allocate(2 * SIZE, 4);

    /** Will wait for both. The caller keeps them open meanwhile. */
    public Poll(int first, int second) {
        add(0, first);
        add(SIZE, second);
    }

    private void add(long at, int fd) {
        descriptors.set(ValueLayout.JAVA_INT, at, fd);
        descriptors.set(ValueLayout.JAVA_SHORT, at + EVENTS, POLLIN);
    }

    /**
     * Waits.
     *
     * @param millis for how long at most; -1 for no limit
     * @throws ErrnoException if {@code poll(2)} fails, other than by a signal
     */
    public void await(int millis) {
        descriptors.set(ValueLayout.JAVA_SHORT, REVENTS, (short) 0);
        descriptors.set(ValueLayout.JAVA_SHORT, SIZE + REVENTS, (short) 0);
        int result = SystemCalls.poll(descriptors, 2, millis);
        if (result < 0 && result != -Errno.EINTR) {
            throw ErrnoException.of(-result, "poll", "2 descriptors");
        }
    }

    /** Whether the first can be read. */
    public boolean firstIsReadable() {
        return (descriptors.get(ValueLayout.JAVA_SHORT, REVENTS) & POLLIN) != 0;
    }

    /** Whether the first is in error, or is no descriptor. */
    public boolean firstIsBroken() {
        return (descriptors.get(ValueLayout.JAVA_SHORT, REVENTS) & (POLLERR | POLLNVAL)) != 0;
    }

    /** Whether the second can be read. */
    public boolean secondIsReadable() {
        return (descriptors.get(ValueLayout.JAVA_SHORT, SIZE + REVENTS) & POLLIN) != 0;
    }
}
