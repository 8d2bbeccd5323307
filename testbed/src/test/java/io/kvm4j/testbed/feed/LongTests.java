package io.kvm4j.testbed.feed;

import java.io.PrintStream;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Says where tests are that run for long, one time each: a test that hangs never says so itself. */
final class LongTests implements AutoCloseable {
    /** What is below it on the stack is JUnit. */
    private static final String CALLER_OF_TESTS = Method.class.getName();

    private final PrintStream out;
    private final Duration patience;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("long-tests").daemon().factory());

    /**
     * @param patience after which a test has run for long
     */
    LongTests(PrintStream out, Duration patience) {
        this.out = out;
        this.patience = patience;
        clock.setRemoveOnCancelPolicy(true);
    }

    /**
     * Watches a test.
     *
     * @param name what to call it
     * @param thread runs it
     * @return what to cancel at its end
     */
    Future<?> watch(String name, Thread thread) {
        return clock.schedule(() -> tell(name, thread), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tell(String name, Thread thread) {
        StringBuilder text =
                new StringBuilder("%s has run for %d s, and is here:".formatted(name, patience.toSeconds()));
        Arrays.stream(thread.getStackTrace())
                .takeWhile(frame -> !frame.getClassName().equals(CALLER_OF_TESTS))
                .forEach(frame ->
                        text.append(System.lineSeparator()).append("    ").append(frame));
        out.println(text);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
