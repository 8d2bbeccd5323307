package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Guest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Notes what it is told to do. */
final class RecordingGuest implements Guest {
    final AtomicInteger pauses = new AtomicInteger();
    final AtomicInteger resumes = new AtomicInteger();
    final AtomicInteger stops = new AtomicInteger();
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore told = new Semaphore(0);
    private volatile Runnable atStop = () -> {};

    void atStop(Runnable action) {
        atStop = action;
    }

    @Override
    public void pause() {
        pauses.incrementAndGet();
        calls.add("pause");
        told.release();
    }

    @Override
    public void awaitPause() {}

    @Override
    public void resume() {
        resumes.incrementAndGet();
        calls.add("resume");
        told.release();
    }

    @Override
    public void stop() {
        atStop.run();
        stops.incrementAndGet();
        calls.add("stop");
        told.release();
    }

    void awaitCall() throws InterruptedException {
        assertTrue(told.tryAcquire(20, TimeUnit.SECONDS), "the guest was not told anything");
    }
}
