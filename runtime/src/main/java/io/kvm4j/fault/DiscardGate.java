package io.kvm4j.fault;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps installs and the reading of userfaultfd messages apart. The kernel refuses installs while a discard waits for its
 * message to be read, and carries the discard out afterwards: an install that was decided before and happens after would
 * bring the discarded page back. Both sides are short, nothing allocates.
 *
 * <p>Who installs writes to nothing that another installer writes to: with hundreds of vCPUs a common counter would be what
 * they wait for.
 */
final class DiscardGate {
    private static final int SPINS = 200;
    private static final long PAUSE_NANOS = 20_000;

    /** Whether somebody reads messages, or is about to: no install begins then. */
    private final AtomicBoolean isReading = new AtomicBoolean();

    private volatile Pass[] passes = {};

    /** Lets one thread at a time install. */
    static final class Pass {
        private final AtomicBoolean isInside = new AtomicBoolean();

        private Pass() {}
    }

    /** Makes a pass for a thread that will install. */
    synchronized Pass newPass() {
        Pass pass = new Pass();
        Pass[] more = Arrays.copyOf(passes, passes.length + 1);
        more[passes.length] = pass;
        passes = more;
        return pass;
    }

    /** Begins an install, of which there may be several at once. */
    void enter(Pass pass) {
        int spins = 0;
        while (true) {
            pass.isInside.set(true);
            if (!isReading.get()) {
                return;
            }
            pass.isInside.set(false);
            while (isReading.get()) {
                pause(spins++);
            }
        }
    }

    void exit(Pass pass) {
        pass.isInside.setRelease(false);
    }

    /** Begins to read messages and to note what they say, alone. */
    void enterAlone() {
        int spins = 0;
        while (!isReading.compareAndSet(false, true)) {
            pause(spins++);
        }
        for (Pass pass : passes) {
            while (pass.isInside.get()) {
                pause(spins++);
            }
        }
    }

    void exitAlone() {
        isReading.setRelease(false);
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
