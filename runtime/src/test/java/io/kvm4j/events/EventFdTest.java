package io.kvm4j.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Allocations;
import io.kvm4j.OpenDescriptors;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventFdTest {
    private static final int CALLS = 10_000;

    @Test
    void countsSignalsUntilTheyAreTaken() {
        try (EventFd event = EventFd.create()) {
            assertEquals(0, event.take());
            event.signal();
            event.signal();
            assertEquals(2, event.take());
            assertEquals(0, event.take());
        }
    }

    @Test
    void awaitReturnsWhatWasCountedBefore() {
        try (EventFd event = EventFd.create()) {
            event.signal();
            event.signal();
            assertEquals(2, event.await());
            assertEquals(0, event.await(Duration.ofMillis(1)));
            assertEquals(0, event.await(Duration.ZERO));
            assertEquals(0, event.await(Duration.ofSeconds(Long.MIN_VALUE)));
            event.signal();
            assertEquals(1, event.await(Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }

    @Test
    void aSignalEndsTheWaitOfOneThread() throws Exception {
        try (EventFd event = EventFd.create()) {
            AtomicLong taken = new AtomicLong();
            FutureTask<Long> first = waiting(event, taken);
            FutureTask<Long> second = waiting(event, taken);
            event.signal();
            while (taken.get() == 0) {
                Thread.sleep(1);
            }
            assertFalse(first.isDone() && second.isDone());
            event.signal();
            assertEquals(1, first.get(10, TimeUnit.SECONDS));
            assertEquals(1, second.get(10, TimeUnit.SECONDS));
        }
    }

    private static FutureTask<Long> waiting(EventFd event, AtomicLong taken) {
        FutureTask<Long> task = new FutureTask<>(() -> {
            long count = event.await();
            taken.addAndGet(count);
            return count;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void closeEndsTheWaitOfAll() throws Exception {
        for (int i = 0; i < 50; i++) {
            EventFd event = EventFd.create();
            FutureTask<Long> first = waiting(event, new AtomicLong());
            FutureTask<Long> second = waiting(event, new AtomicLong());
            Thread.sleep(0, i * 20_000);
            event.close();
            assertEquals(0, first.get(10, TimeUnit.SECONDS));
            assertEquals(0, second.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void refusesUseAfterClose() {
        EventFd event = EventFd.create();
        event.close();
        event.close();
        assertEquals(0, event.await());
        assertThrows(IllegalStateException.class, event::signal);
        assertThrows(IllegalStateException.class, event::take);
        assertThrows(IllegalStateException.class, event::fd);
        IllegalStateException e = assertThrows(IllegalStateException.class, event::duplicate);
        assertEquals("the eventfd is closed", e.getMessage());
    }

    @Test
    void aDuplicateIsTheSameCounterWithItsOwnLife() {
        EventFd event = EventFd.create();
        try (EventFd same = event.duplicate()) {
            event.signal();
            event.close();
            same.signal();
            assertEquals(2, same.take());
        }
    }

    @Test
    void leavesNoDescriptorBehind() throws IOException {
        long before = OpenDescriptors.of("eventfd");
        EventFd event = EventFd.create();
        event.signal();
        event.await();
        event.duplicate().close();
        assertTrue(OpenDescriptors.of("eventfd") > before);
        event.close();
        assertEquals(before, OpenDescriptors.of("eventfd"));
    }

    @Test
    void signalsAndWaitsAllocateNothing() {
        try (EventFd event = EventFd.create()) {
            Allocations.assertNone(CALLS, () -> signalAndTake(event));
        }
    }

    private static void signalAndTake(EventFd event) {
        for (int i = 0; i < CALLS; i++) {
            event.signal();
            assertEquals(1, event.await());
            event.signal();
            assertEquals(1, event.take());
        }
    }
}
