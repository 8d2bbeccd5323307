package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DiscardGateTest {
    private static final int TIMES = 20_000;

    private final DiscardGate gate = new DiscardGate();
    private final AtomicInteger installing = new AtomicInteger();
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger met = new AtomicInteger();

    private void install() {
        DiscardGate.Pass pass = gate.newPass();
        for (int i = 0; i < TIMES; i++) {
            gate.enter(pass);
            installing.incrementAndGet();
            met.addAndGet(reading.get());
            installing.decrementAndGet();
            gate.exit(pass);
        }
    }

    private void read() {
        for (int i = 0; i < TIMES / 10; i++) {
            gate.enterAlone();
            met.addAndGet(reading.getAndIncrement());
            met.addAndGet(installing.get());
            reading.decrementAndGet();
            gate.exitAlone();
        }
    }

    /** Passes are made while others read, as by a vCPU's first fault. */
    @Test
    @Timeout(300)
    void whoReadsMeetsNobody() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Runnable task : List.<Runnable>of(this::read, this::install, this::read, this::install, this::install)) {
            threads.add(Thread.ofPlatform().start(task));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, met.get());
    }
}
