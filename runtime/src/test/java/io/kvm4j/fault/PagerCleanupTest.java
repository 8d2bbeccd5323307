package io.kvm4j.fault;

import static io.kvm4j.fault.Rig.get;
import static io.kvm4j.fault.Rig.start;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.SystemCalls;
import io.kvm4j.uapi.ErrnoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pager releases everything, whatever fails meanwhile. */
@RequiresUserfaultfd
@Timeout(300)
class PagerCleanupTest {
    private static final byte[] ZEROS = new byte[HostMemory.PAGE];

    private final Pattern pattern = new Pattern();
    private long descriptors;

    @BeforeEach
    void count() throws IOException {
        descriptors = OwnProcess.descriptors();
    }

    private void requireNothingLeft() throws Exception {
        assertEquals(descriptors, OwnProcess.descriptors(), "userfaultfds and eventfds");
        assertEquals(0, OwnProcess.pagerThreads(), "threads");
    }

    /** A source that never answers, and whose abort throws. */
    private static PageSource stuck(Gate gate, Throwable thrownByAbort) {
        return new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) {
                gate.pass();
                return -1;
            }

            @Override
            public void abort() {
                gate.open();
                PagerCleanupTest.throwAny(thrownByAbort);
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void throwAny(Throwable thrown) throws X {
        throw (X) thrown;
    }

    private static Throwable failure(boolean isError, String message) {
        return isError ? new AssertionError(message) : new IllegalStateException(message);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGuestThatCannotBeStoppedAndASourceThatCannotBeEndedLeaveNothing(boolean isError) throws Exception {
        Throwable stop = failure(isError, "the guest does not stop");
        Throwable abort = failure(isError, "the source does not end");
        Gate gate = new Gate();
        Rig rig = new Rig(4, stuck(gate, abort));
        rig.guest.atStop(() -> throwAny(stop));
        FutureTask<byte[]> touch = rig.touch(1);
        gate.awaitArrival();
        Throwable thrown = get(start(() -> assertThrows(Throwable.class, rig::close)));
        assertSame(stop, thrown);
        assertSame(abort, thrown.getSuppressed()[0]);
        assertArrayEquals(ZEROS, get(touch), "the toucher waits on");
        requireNothingLeft();
        rig.close();
    }

    /** The pager has failed, and could not stop the guest then: it is stopped before its memory turns to zeros. */
    @Test
    void aGuestThatCouldNotBeStoppedAtFirstIsStoppedWhenThePagerIsClosed() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Rig rig = new Rig(4, (_, _) -> {
            throw new LinkageError("gone");
        });
        rig.guest.atStop(() -> {
            if (tries.getAndIncrement() == 0) {
                throw new IllegalStateException("not now");
            }
        });
        FutureTask<byte[]> touch = rig.touch(1);
        rig.awaitState(DemandPager.State.FAILED);
        for (int i = 0; i < 10_000 && tries.get() == 0; i++) {
            Thread.sleep(1);
        }
        assertEquals(0, rig.guest.stops.get());
        rig.close();
        assertEquals(1, rig.guest.stops.get());
        assertEquals("not now", rig.pager.cause().getSuppressed()[0].getMessage());
        assertArrayEquals(ZEROS, get(touch));
        requireNothingLeft();
    }

    /** Whoever closes a second time must not take the memory's userfaultfd away while the guest is being stopped. */
    @Test
    void aSecondCloseWaitsForTheFirst() throws Exception {
        Gate source = new Gate();
        Gate stopping = new Gate();
        Rig rig = new Rig(4, stuck(source, new IllegalStateException("ended")));
        rig.guest.atStop(stopping::pass);
        FutureTask<byte[]> touch = rig.touch(1);
        source.awaitArrival();
        FutureTask<Throwable> first = start(() -> assertThrows(IllegalStateException.class, rig::close));
        stopping.awaitArrival();
        FutureTask<?> second = Rig.closing(rig);
        Thread.sleep(100);
        assertFalse(second.isDone(), "the second close did not wait");
        assertFalse(touch.isDone(), "a page turned to zeros before the guest was stopped");
        stopping.open();
        get(first);
        get(second);
        get(touch);
        requireNothingLeft();
    }

    @Test
    void aGuestWhoseStopClosesThePagerDoesNotWaitForItself() throws Exception {
        Rig rig = new Rig(4, pattern);
        rig.guest.atStop(rig::close);
        get(Rig.closing(rig));
        assertEquals(1, rig.guest.stops.get());
        requireNothingLeft();
    }

    /** A pager that gets its userfaultfd, and then no eventfd. */
    @Test
    void withoutAnEventfdTheUserfaultfdIsClosedAndTheSourceIsEnded() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the number of prlimit64 is x86_64's");
        AtomicInteger aborts = new AtomicInteger();
        PageSource source = new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) {
                return pattern.read(offset, into);
            }

            @Override
            public void abort() {
                aborts.incrementAndGet();
            }
        };
        MemorySegment memory = HostMemory.anonymous(4);
        new Rig(memory, source, b -> b).close();
        int before = aborts.get();
        Throwable failure = null;
        // What the first attempt needs for the first time, classes for instance, may fail instead.
        for (int i = 0; i < 10; i++) {
            failure = startWithOneDescriptor(memory, source);
        }
        assertEquals("EMFILE", assertInstanceOf(ErrnoException.class, failure).errnoName());
        assertEquals("eventfd", ((ErrnoException) failure).call());
        assertEquals(10, aborts.get() - before, "sources that were ended");
        requireNothingLeft();
    }

    private static Throwable startWithOneDescriptor(MemorySegment memory, PageSource source) throws IOException {
        DemandPager.Builder builder =
                DemandPager.builder(source).guest(new RecordingGuest()).region(PagedRegion.of(0, memory));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(16, 8);
            MemorySegment limit = arena.allocate(16, 8);
            HostMemory.prlimit(MemorySegment.NULL, old);
            limit.copyFrom(old);
            limit.set(ValueLayout.JAVA_LONG, 0, lowestFreeDescriptor() + 1);
            HostMemory.prlimit(limit, MemorySegment.NULL);
            try {
                builder.start().close();
                return new AssertionError("it started");
            } catch (Throwable t) {
                return t;
            } finally {
                HostMemory.prlimit(old, MemorySegment.NULL);
            }
        }
    }

    private static int lowestFreeDescriptor() throws IOException {
        int fd = SystemCalls.eventfd(0);
        HostMemory.close(fd);
        return fd;
    }

    @Test
    void memoryThatCannotBeAddedIsNotRegistered() throws Exception {
        MemorySegment memory = HostMemory.aligned(4, 2L * HostMemory.PAGE);
        try (Rig rig = new Rig(4, pattern)) {
            PagedRegion wrong = PagedRegion.of(64L * HostMemory.PAGE, memory).withPageSize(2 * HostMemory.PAGE);
            assertThrows(IllegalArgumentException.class, () -> rig.pager.add(wrong));
            assertArrayEquals(ZEROS, HostMemory.read(memory, 0));
            HostMemory.discard(memory, 0, 1);
            rig.pager.add(PagedRegion.of(64L * HostMemory.PAGE, memory));
            assertArrayEquals(Pattern.page(64), get(start(() -> HostMemory.read(memory, 0))));
        }
        requireNothingLeft();
    }
}
