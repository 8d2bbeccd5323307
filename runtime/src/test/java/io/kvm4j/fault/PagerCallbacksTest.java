package io.kvm4j.fault;

import static io.kvm4j.fault.Rig.get;
import static io.kvm4j.fault.Rig.gpa;
import static io.kvm4j.fault.Rig.start;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Guest;
import io.kvm4j.pages.PageSource;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pager calls may throw: the guest goes on, or it is stopped and the owner told. Nothing hangs, nothing leaks. */
@RequiresUserfaultfd
@Timeout(300)
class PagerCallbacksTest {
    private final Pattern pattern = new Pattern();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    private final Hooked hooked = new Hooked();
    private Thread.UncaughtExceptionHandler handlerBefore;
    private long descriptors;

    @BeforeEach
    void catchTheUncaught() throws Exception {
        handlerBefore = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> uncaught.add(e));
        descriptors = OwnProcess.descriptors();
    }

    @AfterEach
    void requireNothingLeft() throws Exception {
        Thread.setDefaultUncaughtExceptionHandler(handlerBefore);
        assertEquals(descriptors, OwnProcess.descriptors(), "descriptors");
        assertEquals(0, OwnProcess.pagerThreads(), "threads");
    }

    /** The calls that may throw. */
    enum Call {
        PAUSE,
        RESUME,
        IS_STOPPING,
        STOP,
        SOURCE_LOST,
        COMPLETE,
        FAILED
    }

    /** Guest and listener, of which one call throws. */
    private final class Hooked implements Guest, PagerListener {
        private volatile Call throwing;
        private volatile Throwable thrown;

        void let(Call call, Throwable failure) {
            thrown = failure;
            throwing = call;
        }

        private void note(Call call) {
            if (call != Call.IS_STOPPING) {
                events.add(call.name());
            }
            if (throwing == call) {
                PagerCallbacksTest.throwAny(thrown);
            }
        }

        @Override
        public void pause() {
            note(Call.PAUSE);
        }

        @Override
        public void awaitPause() {}

        @Override
        public void resume() {
            note(Call.RESUME);
        }

        @Override
        public void stop() {
            note(Call.STOP);
        }

        @Override
        public boolean isStopping() {
            note(Call.IS_STOPPING);
            return false;
        }

        @Override
        public void sourceLost(PageSourceException cause) {
            note(Call.SOURCE_LOST);
        }

        @Override
        public void complete() {
            note(Call.COMPLETE);
        }

        @Override
        public void failed(Throwable cause) {
            note(Call.FAILED);
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void throwAny(Throwable thrown) throws X {
        throw (X) thrown;
    }

    private DemandPager pager(MemorySegment memory, PageSource source) {
        return DemandPager.builder(source)
                .guest(hooked)
                .listener(hooked)
                .region(PagedRegion.of(0, memory))
                .start();
    }

    private static FutureTask<byte[]> touch(MemorySegment memory, int page) {
        return start(() -> HostMemory.read(memory, page));
    }

    private void expect(String... names) throws InterruptedException {
        for (String name : names) {
            assertEquals(name, events.poll(20, TimeUnit.SECONDS));
        }
    }

    /** A guest that cannot be paused, resumed or asked is stopped, and the owner told. */
    @ParameterizedTest
    @EnumSource(names = {"PAUSE", "RESUME", "IS_STOPPING"})
    void aGuestThatThrowsIsStopped(Call call) throws Exception {
        IllegalStateException failure = new IllegalStateException("the guest does not answer");
        MemorySegment memory = HostMemory.anonymous(4);
        try (DemandPager pager = pager(memory, (_, _) -> -1)) {
            hooked.let(call, failure);
            if (call != Call.IS_STOPPING) {
                var _ = touch(memory, 1);
                expect("PAUSE");
            }
            if (call == Call.RESUME) {
                expect("SOURCE_LOST");
                pager.resume(pattern);
                expect("RESUME");
            }
            expect("STOP");
            Rig.awaitState(pager, DemandPager.State.FAILED);
            assertSame(failure, pager.cause());
            if (call == Call.PAUSE) {
                expect("SOURCE_LOST");
            }
            expect("FAILED");
            Exception e =
                    assertThrows(PagingException.class, () -> pager.handler().resolve(gpa(2)));
            assertEquals("the pager has failed: the guest does not answer", e.getMessage());
        }
        assertNull(uncaught.poll());
    }

    /** An exception of the listener's is reported, and changes nothing for the guest. */
    @Test
    void aListenerThatThrowsHarmsNoGuest() throws Exception {
        RuntimeException failure = new IllegalStateException("a bug in the listener");
        MemorySegment memory = HostMemory.anonymous(1);
        try (DemandPager pager = DemandPager.builder((_, _) -> -1)
                .guest(hooked)
                .listener(hooked)
                .background(true)
                .region(PagedRegion.of(0, memory))
                .start()) {
            hooked.let(Call.SOURCE_LOST, failure);
            expect("PAUSE", "SOURCE_LOST");
            assertSame(failure, uncaught.poll(20, TimeUnit.SECONDS));
            assertEquals(DemandPager.State.PAUSED, pager.state());
            hooked.let(Call.COMPLETE, failure);
            pager.resume(pattern);
            expect("RESUME", "COMPLETE");
            assertSame(failure, uncaught.poll(20, TimeUnit.SECONDS));
            assertEquals(DemandPager.State.COMPLETE, pager.state());
        }
        assertTrue(events.isEmpty(), () -> "" + events);
    }

    /** An Error of the listener's ends the pager: the guest is stopped, and the Error is reported. */
    @Test
    void anErrorOfTheListenerStopsTheGuest() throws Exception {
        StackOverflowError failure = new StackOverflowError();
        MemorySegment memory = HostMemory.anonymous(4);
        try (DemandPager pager = pager(memory, (_, _) -> -1)) {
            hooked.let(Call.SOURCE_LOST, failure);
            var _ = touch(memory, 1);
            expect("PAUSE", "SOURCE_LOST", "STOP", "FAILED");
            assertEquals(DemandPager.State.FAILED, pager.state());
            assertSame(failure, pager.cause());
            assertSame(failure, uncaught.poll(20, TimeUnit.SECONDS));
        }
    }

    /** An Error of a source reaches the listener and, from a thread of the pager's, the handler of uncaught exceptions. */
    @SuppressWarnings("try") // closing is what is tested
    @Test
    void anErrorOfASourceReachesTheOwner() throws Exception {
        AssertionError failure = new AssertionError("a bug in the source");
        PageSource source = (_, _) -> {
            throw failure;
        };
        hooked.let(Call.FAILED, new IllegalStateException("a bug in the listener"));
        MemorySegment memory = HostMemory.anonymous(4);
        try (DemandPager pager = pager(memory, source)) {
            FutureTask<byte[]> touch = touch(memory, 1);
            expect("STOP", "FAILED");
            assertSame(failure, pager.cause());
            assertEquals(2, takeUncaught(failure));
            pager.close();
            get(touch);
        }
        try (DemandPager pager = pager(memory, source)) {
            ExecutionException e = assertThrows(
                    ExecutionException.class,
                    () -> get(start(() -> {
                        pager.handler().resolve(gpa(2));
                        return null;
                    })));
            assertSame(failure, e.getCause());
            expect("STOP", "FAILED");
        }
    }

    /** Returns how many were reported once an Error was, and the exception of a listener that was told of it. */
    @SuppressWarnings("ReferenceEquality") // this very failure
    private int takeUncaught(Throwable expected) throws InterruptedException {
        int count = 0;
        boolean isThere = false;
        Throwable next = uncaught.poll(20, TimeUnit.SECONDS);
        while (next != null) {
            count++;
            isThere |= next == expected;
            next = uncaught.poll(count < 2 ? 20_000 : 50, TimeUnit.MILLISECONDS);
        }
        assertTrue(isThere, "the Error was not reported");
        return count;
    }

    /** The calls after one that has interrupted its thread are made all the same. */
    @Test
    void aListenerThatInterruptsItsThreadIsToldTheRest() throws Exception {
        MemorySegment memory = HostMemory.anonymous(4);
        PagerListener interrupts = new PagerListener() {
            @Override
            public void sourceLost(PageSourceException cause) {
                events.add("SOURCE_LOST");
                Thread.currentThread().interrupt();
            }
        };
        try (DemandPager pager = DemandPager.builder((_, _) -> -1)
                .guest(hooked)
                .listener(interrupts)
                .region(PagedRegion.of(0, memory))
                .start()) {
            FutureTask<byte[]> touch = touch(memory, 1);
            expect("PAUSE", "SOURCE_LOST");
            pager.resume(pattern);
            expect("RESUME");
            assertArrayEquals(Pattern.page(1), get(touch));
        }
    }

    /** A source that cannot even be described, or throws what it threw before when it is ended. */
    @Test
    void aSourceThatThrowsEverywhereIsLostAsAnyOther() throws Exception {
        IllegalStateException failure = new IllegalStateException("a bug in the source");
        PageSource source = new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) {
                throw failure;
            }

            @Override
            public void abort() {
                throw failure;
            }

            @Override
            public String describe() {
                throw new StackOverflowError();
            }
        };
        MemorySegment memory = HostMemory.anonymous(4);
        try (DemandPager pager = pager(memory, source)) {
            FutureTask<byte[]> touch = touch(memory, 1);
            expect("PAUSE", "SOURCE_LOST");
            assertEquals(DemandPager.State.PAUSED, pager.state());
            String message = pager.cause().getMessage();
            assertTrue(message.endsWith(" failed for the page at gpa 0x1000: a bug in the source"), message);
            pager.resume(pattern);
            assertArrayEquals(Pattern.page(1), get(touch));
        }
    }
}
