package io.kvm4j.fault;

import io.kvm4j.posix.Mapping;
import io.kvm4j.userfaultfd.UffdCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a thread needs to provide pages, made once so that a fault allocates nothing. For one thread at a time. */
final class FaultContext {
    /** What its thread does. */
    enum Role {
        /** Reads the userfaultfd. Another reader goes on where this one is stuck in a source. */
        READER,

        /** Handles its own faults, as the thread of a vCPU does. */
        CALLER,

        /** Fetches what nobody has touched yet. */
        BACKGROUND
    }

    /** Faults in a row on a page that is there, after which there is no hope. */
    private static final long HOPELESS = 10_000;

    private static final long FIRST_PAUSE_NANOS = 10_000;
    private static final int LONGEST_PAUSE_SHIFT = 7;

    /** From this size on, room is mapped, so that only what is used takes memory. */
    private static final int HUGE = 1 << 21;

    private static final int IDLE = 0;
    private static final int READING = 1;
    private static final int GIVEN_UP = 2;

    final String name;
    final ThreadCounters counters = new ThreadCounters();
    final UffdCalls calls;
    final DiscardGate.Pass pass;

    // Room for what it handles at once; replaced when memory of larger pages is added.
    MemorySegment content;
    ByteBuffer buffer;
    int[] claims;

    private final Role role;
    private final boolean moves;
    private final Runnable drain;
    private @Nullable MemorySegment zeros;

    /** The address of the content that is to be put in place. */
    long from;

    // What is being read; written before the state says so.
    private final AtomicInteger reading = new AtomicInteger(IDLE);
    private volatile long readingSince;
    private CurrentSource.@Nullable Lease lease;
    private @Nullable RegionPages region;
    private int first;
    private int count;

    /** Whether it deals with what somebody waits for. */
    private final AtomicBoolean isBusy = new AtomicBoolean();

    private boolean hasFault;
    private long faultReported;

    private long lastAddress = -1;
    private long inARow;

    /**
     * Makes one for a thread.
     *
     * @param pass keeps its installs apart from the reading of messages
     * @param capacity the bytes of content that it handles at once
     * @param moves whether its content is moved away page by page, which takes memory of its own for that
     * @param drain reads messages while there is nothing else to do: some of them are what the kernel waits for
     */
    FaultContext(
            String name,
            Role role,
            UffdCalls calls,
            DiscardGate.Pass pass,
            int capacity,
            boolean moves,
            Runnable drain) {
        this.name = name;
        this.role = role;
        this.calls = calls;
        this.pass = pass;
        this.moves = moves;
        this.drain = drain;
        this.content = room(capacity);
        this.buffer = content.asByteBuffer();
        this.claims = new int[capacity / Mapping.PAGE_SIZE];
    }

    /** A source that was given up may still be writing to it, so that nothing says when it is used no more. */
    private MemorySegment room(int capacity) {
        return moves || capacity >= HUGE
                ? Mapping.anonymousWhileUsed(capacity)
                : Arena.ofAuto().allocate(capacity, Mapping.PAGE_SIZE);
    }

    /** Makes room for a page. Allocates nothing unless it is larger than all before. */
    void fit(int pageSize) {
        if (pageSize > buffer.capacity()) {
            content = room(pageSize);
            buffer = content.asByteBuffer();
            claims = new int[pageSize / Mapping.PAGE_SIZE];
        }
    }

    /** The address of a page of zeros, for memory that has no other way to get one. */
    long zeros(int pageSize) {
        MemorySegment last = zeros;
        if (last == null || last.byteSize() < pageSize) {
            last = Mapping.anonymousWhileUsed(pageSize);
            zeros = last;
        }
        return last.address();
    }

    /** Says that it deals with what somebody waits for, before it looks at the pager's state. */
    void beginWork() {
        isBusy.set(true);
    }

    void endWork() {
        isBusy.setRelease(false);
    }

    /** Whether somebody waits for what it does. One that was replaced does nothing that matters. */
    boolean isBusy() {
        return isBusy.get() && !isReplaced();
    }

    /**
     * Takes note of the fault that is dealt with from now on.
     *
     * @param reported when it was reported, by {@link System#nanoTime}
     */
    void begin(long reported) {
        hasFault = true;
        faultReported = reported;
    }

    /** Counts the time of the fault, if there is one: whoever waits for its page goes on. */
    void answered() {
        if (hasFault) {
            hasFault = false;
            counters.latency(System.nanoTime() - faultReported);
        }
    }

    void beginReading(CurrentSource.Lease from, RegionPages of, int page, int pages) {
        lease = from;
        region = of;
        first = page;
        count = pages;
        readingSince = System.nanoTime();
        reading.set(READING);
    }

    /** Returns false if the pager has given up waiting for it: then the claims are no longer this thread's. */
    boolean endReading() {
        return reading.compareAndSet(READING, IDLE);
    }

    /** Whether the last of its readings was given up. */
    private boolean isGivenUp() {
        return reading.get() == GIVEN_UP;
    }

    boolean hasReadFor(long nanos) {
        return reading.get() == READING && System.nanoTime() - readingSince > nanos;
    }

    CurrentSource.@Nullable Lease lease() {
        return lease;
    }

    /**
     * For another thread: gives up waiting, and frees what this thread had claimed. Returns false if it is too late.
     *
     * @param others the calls of that thread
     */
    boolean giveUp(UffdCalls others) {
        if (!reading.compareAndSet(READING, GIVEN_UP)) {
            return false;
        }
        if (region != null) {
            revoke(region, first, count, others);
        }
        return true;
    }

    /** Frees what this thread has claimed. */
    void revoke(RegionPages of, int page, int pages) {
        revoke(of, page, pages, calls);
    }

    private void revoke(RegionPages of, int page, int pages, UffdCalls by) {
        for (int i = 0; i < pages; i++) {
            if (of.states.revoke(page + i, claims[i])) {
                by.wake(of.address(page + i), of.pageSize);
            }
        }
    }

    /** Whether this thread is to do nothing more. From the moment that it is given up its queue is another reader's. */
    boolean isReplaced() {
        return role == Role.READER && isGivenUp();
    }

    /** Whether somebody waits for the pages that it fetches. */
    boolean isAwaited() {
        return role != Role.BACKGROUND;
    }

    /** Reads messages, if that is what its thread does. */
    void drain() {
        drain.run();
    }

    /** Waits before another try of what the kernel put off. */
    void backOff(int attempt) {
        counters.add(ThreadCounters.RETRIES, 1);
        drain();
        pause(attempt);
    }

    /** Waits a little longer at each attempt. */
    void pause(int attempt) {
        LockSupport.parkNanos(FIRST_PAUSE_NANOS << Math.min(attempt, LONGEST_PAUSE_SHIFT));
    }

    /** Takes note of a page that was resolved before, and faulted again. */
    void again(RegionPages of, int page) {
        long address = of.address(page);
        inARow = address == lastAddress ? inARow + 1 : 1;
        lastAddress = address;
        if (inARow >= HOPELESS) {
            throw new RepeatedFaultException(of.gpa(page), inARow);
        }
    }

    /** Takes note that something was achieved. */
    void progress() {
        lastAddress = -1;
    }
}
