package io.kvm4j.events;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Poll;
import io.kvm4j.posix.SystemCalls;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.ReadCall;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A counter that both KVM and this program can signal and wait for: {@code eventfd(2)}. It is what an {@link Ioeventfd}
 * signals, what raises the interrupt of an {@link io.kvm4j.interrupts.Irqfd}, and what vhost and VFIO take.
 *
 * <p>Any thread may use and close it at any time; closing it ends the waiting of others. {@link #signal}, {@link #take}
 * and {@link #await} allocate nothing.
 */
public final class EventFd implements AutoCloseable {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long AGAIN_MILLIS = 10;

    private final Descriptor descriptor;

    /** Held by who waits, so that one signal ends the waiting of one thread. */
    private final Object turn = new Object();

    @GuardedBy("this")
    private int users;

    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private @Nullable Waiting waiting;

    private EventFd(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** What waiting takes beside the eventfd: a second one that ends it. */
    private record Waiting(Descriptor end, Poll poll) {}

    /**
     * Creates one that was never signalled. Child processes do not inherit it.
     *
     * @throws ErrnoException if {@code eventfd(2)} fails
     */
    public static EventFd create() {
        return new EventFd(eventfd());
    }

    private static Descriptor eventfd() {
        int fd = SystemCalls.eventfd(SystemCalls.O_CLOEXEC | SystemCalls.O_NONBLOCK);
        if (fd < 0) {
            throw ErrnoException.of(-fd, "eventfd", "0, EFD_CLOEXEC|EFD_NONBLOCK");
        }
        return Descriptor.owning(fd, "the eventfd");
    }

    /** The same counter once more, with a descriptor and a lifetime of its own. */
    public EventFd duplicate() {
        enter();
        try {
            return new EventFd(descriptor.duplicate());
        } finally {
            leave();
        }
    }

    /**
     * The descriptor's number, for who takes one. It stays this object's: do not close it, and do not use it after {@link
     * #close}.
     *
     * @throws IllegalStateException if it is closed
     */
    public int fd() {
        return descriptor.fd();
    }

    /**
     * Counts one more. A counter that is full, at 2^64 - 2, stays so.
     *
     * @throws IllegalStateException if it is closed
     */
    public void signal() {
        int fd = enter();
        try {
            int result = SystemCalls.eventfdWrite(fd, 1);
            if (result < 0 && result != -Errno.EAGAIN) {
                throw ErrnoException.of(-result, "eventfd_write", "fd %d, 1".formatted(fd));
            }
        } finally {
            leave();
        }
    }

    /**
     * Takes what was counted, without waiting, and lets the count begin anew.
     *
     * @return how often it was signalled, unsigned
     * @throws IllegalStateException if it is closed
     */
    public long take() {
        int fd = enter();
        try {
            return take(fd);
        } finally {
            leave();
        }
    }

    private static long take(int fd) {
        MemorySegment count = IoctlCall.zeroedScalar();
        long result = ReadCall.read(fd, count);
        if (result < 0 && result != -Errno.EAGAIN) {
            throw ErrnoException.of((int) -result, "read", "eventfd " + fd);
        }
        return count.get(ValueLayout.JAVA_LONG, 0);
    }

    /**
     * Waits until it is signalled, and takes what was counted as {@link #take} does. An interrupt does not end the wait:
     * {@link #close} does.
     *
     * @return how often it was signalled, unsigned; 0 once it is closed
     */
    public long await() {
        return awaitUntil(Long.MAX_VALUE);
    }

    /**
     * Does what {@link #await()} does, for so long at most.
     *
     * @return how often it was signalled, unsigned; 0 if the time is over, or once it is closed
     */
    public long await(Duration time) {
        long now = System.nanoTime() / NANOS_PER_MILLI;
        long millis = TimeUnit.MILLISECONDS.convert(time);
        return awaitUntil(millis < Long.MAX_VALUE - now ? now + millis : Long.MAX_VALUE);
    }

    private long awaitUntil(long deadlineMillis) {
        Waiting wait = enterWaiting();
        if (wait == null) {
            return 0;
        }
        try {
            synchronized (turn) {
                return await(wait.poll, deadlineMillis);
            }
        } finally {
            leave();
        }
    }

    private long await(Poll poll, long deadlineMillis) {
        while (true) {
            long count = take(descriptor.fd());
            long left = deadlineMillis - System.nanoTime() / NANOS_PER_MILLI;
            if (count != 0 || left <= 0 || isClosed()) {
                return count;
            }
            poll.await(deadlineMillis == Long.MAX_VALUE ? -1 : (int) Math.min(left, Integer.MAX_VALUE));
        }
    }

    private synchronized int enter() {
        int fd = descriptor.fd();
        if (closed) {
            throw new IllegalStateException(descriptor.name() + " is closed");
        }
        users++;
        return fd;
    }

    private synchronized @Nullable Waiting enterWaiting() {
        if (closed) {
            return null;
        }
        if (waiting == null) {
            waiting = waiting();
        }
        users++;
        return waiting;
    }

    private Waiting waiting() {
        Descriptor end = eventfd();
        try {
            return new Waiting(end, new Poll(descriptor.fd(), end.fd()));
        } catch (Throwable e) {
            throw Cleanup.after(e).run(end::close).rethrow();
        }
    }

    private synchronized void leave() {
        users--;
        notifyAll();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends the waiting of others, and closes the descriptor. Who has it otherwise, KVM for one, keeps the counter. */
    @Override
    public void close() {
        if (!refuseUse()) {
            return;
        }
        Cleanup all = new Cleanup().run(this::awaitEndOfUse).run(descriptor::close);
        Waiting ended;
        synchronized (this) {
            ended = waiting;
        }
        if (ended != null) {
            all.run(ended.end::close);
        }
        all.finish();
    }

    /** Returns whether this is the first time. */
    private synchronized boolean refuseUse() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    /** Ends the waiting of others until no thread uses the descriptor any more: again, should it fail. */
    @SuppressWarnings("GuardedBy") // a cleanup runs its steps at once, and the lock is held
    private synchronized void awaitEndOfUse() {
        Cleanup waking = new Cleanup();
        boolean interrupted = false;
        while (users > 0) {
            waking.run(this::endWaiting);
            try {
                wait(AGAIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        waking.finish();
    }

    @GuardedBy("this")
    private void endWaiting() {
        if (waiting != null) {
            SystemCalls.eventfdWrite(waiting.end.fd(), 1);
        }
    }
}
