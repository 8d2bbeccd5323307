package io.kvm4j.testbed.feed;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says of each class of tests how it ended, as soon as it has, of each test that failed why, and of one that takes long
 * where it is. The report of a host comes only at its end, and never if a test hangs.
 */
public final class TestFeed implements TestExecutionListener {
    /** The system property that turns it on: elsewhere Surefire tells of the same tests. */
    static final String PROPERTY = "kvm4j.testbed.feed";

    private final PrintStream out;
    private final boolean active;
    private final Duration patience;
    private final Map<String, ClassTally> classes = new HashMap<>();
    private final Map<String, Future<?>> watched = new HashMap<>();
    private @Nullable LongTests longTests;

    /** Made by JUnit. */
    public TestFeed() {
        this(System.out, Boolean.getBoolean(PROPERTY), Duration.ofMinutes(1));
    }

    TestFeed(PrintStream out, boolean active, Duration patience) {
        this.out = out;
        this.active = active;
        this.patience = patience;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        longTests = active ? new LongTests(out, patience) : null;
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (longTests != null) {
            longTests.close();
        }
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (longTests == null) {
            return;
        }
        if (test.isTest()) {
            watched.put(test.getUniqueId(), longTests.watch(name(test), Thread.currentThread()));
        } else if (test.getSource().orElse(null) instanceof ClassSource source) {
            classes.put(source.getClassName(), new ClassTally(simpleName(source.getClassName())));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        if (longTests == null) {
            return;
        }
        if (test.getSource().orElse(null) instanceof ClassSource source) {
            out.println(simpleName(source.getClassName()) + ": skipped: " + reason);
        } else {
            tally(test).addSkipped();
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (longTests == null) {
            return;
        }
        Future<?> watch = watched.remove(test.getUniqueId());
        if (watch != null) {
            watch.cancel(false);
            tally(test).add(result.getStatus());
        }
        if (result.getStatus() == Status.FAILED) {
            out.println(name(test) + " failed: "
                    + result.getThrowable().map(Throwable::toString).orElse("without saying why"));
        }
        if (test.getSource().orElse(null) instanceof ClassSource source) {
            out.println(classes.remove(source.getClassName()));
        }
    }

    private ClassTally tally(TestIdentifier test) {
        return classes.computeIfAbsent(className(test), name -> new ClassTally(simpleName(name)));
    }

    private static String name(TestIdentifier test) {
        return test.isTest() ? simpleName(className(test)) + "." + test.getDisplayName() : test.getDisplayName();
    }

    private static String className(TestIdentifier test) {
        return test.getSource().orElse(null) instanceof MethodSource source
                ? source.getClassName()
                : "a test of no class";
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
