package io.kvm4j.fault;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps installs and the reading of userfaultfd messages apart. The kernel refuses installs while a discard waits for its
 * message to be read, and carries the discard out afterwards: an install that was decided before and happens after would
 * bring the discarded page back. Both sides are short, nothing allocates.
 */
final class ChangeGate {
    private static final int READING = -1;
    private static final int SPINS = 200;
    private static final long PAUSE_NANOS = 20_000;

    private final AtomicInteger users = new AtomicInteger();

    /** Begins an install, of which there may be several at once. */
    void enter() {
        for (int spins = 0; ; spins++) {
            int now = users.get();
            if (now != READING && users.compareAndSet(now, now + 1)) {
                return;
            }
            pause(spins);
        }
    }

    void exit() {
        users.decrementAndGet();
    }

    /** Begins to read messages and to note what they say, alone. */
    void enterAlone() {
        for (int spins = 0; !users.compareAndSet(0, READING); spins++) {
            pause(spins);
        }
    }

    void exitAlone() {
        users.set(0);
    }

    /** Returns when the installs that are under way now are over, and what was counted of them can be seen. */
    void awaitInstalls() {
        enterAlone();
        exitAlone();
    }

    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
