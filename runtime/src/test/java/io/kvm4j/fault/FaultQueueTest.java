package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FaultQueueTest {
    private static final int MANY = 1000;

    private final FaultQueue queue = new FaultQueue();

    @Test
    void faultsComeInOrderHoweverManyThereAre() {
        for (int i = 0; i < 100; i++) {
            queue.add(i, 0, 0);
            queue.remove();
        }
        for (int i = 0; i < MANY; i++) {
            assertTrue(queue.add(i, i + 1, i + 2));
        }
        for (int i = 0; i < MANY; i++) {
            assertEquals(i, queue.address());
            assertEquals(i + 1, queue.flags());
            assertEquals(i + 2, queue.since());
            queue.remove();
        }
        assertTrue(queue.isEmpty());
    }

    /** A thread that a signal reaches while it waits faults again and again: the queue must not grow by that. */
    @Test
    void aFaultThatWaitsAlreadyIsNotAddedAgain() {
        queue.add(0x1000, 0, 1);
        queue.add(0x2000, 0, 2);
        for (int i = 0; i < MANY; i++) {
            assertFalse(queue.add(0x2000, 0, 3));
        }
        assertTrue(queue.add(0x2000, 1, 4), "another access to the same page");
        for (int expected : new int[] {1, 2, 4}) {
            assertEquals(expected, queue.since());
            queue.remove();
        }
        assertTrue(queue.isEmpty());
        assertTrue(queue.add(0x2000, 0, 5), "it was dealt with before");
    }
}
