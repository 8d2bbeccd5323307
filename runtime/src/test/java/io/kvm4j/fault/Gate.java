package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place where a source stands until the test lets it go on. */
final class Gate {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    /** For the source: waits, whether interrupted or not. */
    void pass() {
        arrived.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                open.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitArrival() throws InterruptedException {
        assertTrue(arrived.await(20, TimeUnit.SECONDS), "nobody asked the source");
    }

    void open() {
        open.countDown();
    }
}
