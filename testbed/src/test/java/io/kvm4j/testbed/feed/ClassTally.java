package io.kvm4j.testbed.feed;

import org.junit.platform.engine.TestExecutionResult.Status;

/** What the tests of a class have come to so far. */
final class ClassTally {
    private final String name;
    private final long start = System.nanoTime();
    private int passed;
    private int failed;
    private int skipped;

    ClassTally(String name) {
        this.name = name;
    }

    void add(Status status) {
        switch (status) {
            case SUCCESSFUL -> passed++;
            case FAILED -> failed++;
            case ABORTED -> skipped++;
        }
    }

    void addSkipped() {
        skipped++;
    }

    @Override
    public String toString() {
        return "%s: %d passed, %d failed, %d skipped in %.1f s"
                .formatted(name, passed, failed, skipped, (System.nanoTime() - start) / 1e9);
    }
}
