package io.kvm4j.testing;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints at the end of a test run which tests were skipped and why, one line for each reason. JUnit finds it on the
 * class path. Surefire itself prints only how many were skipped.
 */
public final class SkipReasons implements TestExecutionListener {
    private static final int MAX_CLASSES = 4;

    private final PrintStream out;
    private final Map<String, List<TestIdentifier>> skipped = new LinkedHashMap<>();

    /** Made by JUnit. */
    public SkipReasons() {
        this(System.out);
    }

    SkipReasons(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier test, String reason) {
        add(test, reason);
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == Status.ABORTED) {
            add(test, result.getThrowable().map(Throwable::getMessage).orElse(""));
        }
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        skipped.forEach((reason, tests) -> out.println(line(plan, reason, tests)));
        skipped.clear();
    }

    private void add(TestIdentifier test, String reason) {
        String line = reason == null || reason.isBlank()
                ? "no reason given"
                : reason.lines().findFirst().orElseThrow().strip().replaceFirst("^Assumption failed: ", "");
        skipped.computeIfAbsent(line, _ -> new ArrayList<>()).add(test);
    }

    private static String line(TestPlan plan, String reason, List<TestIdentifier> tests) {
        long count = tests.stream().mapToLong(t -> testsIn(plan, t)).sum();
        List<String> classes = new ArrayList<>(
                new TreeSet<>(tests.stream().map(SkipReasons::className).toList()));
        String more = "";
        if (classes.size() > MAX_CLASSES) {
            more = ", and " + (classes.size() - MAX_CLASSES) + " more classes";
            classes = classes.subList(0, MAX_CLASSES);
        }
        return "Skipped %d %s: %s (%s%s)"
                .formatted(count, count == 1 ? "test" : "tests", reason, String.join(", ", classes), more);
    }

    /** Counts the tests that a skipped class or method stands for. A test template counts as one. */
    private static long testsIn(TestPlan plan, TestIdentifier test) {
        long tests = plan.getDescendants(test).stream()
                .filter(TestIdentifier::isTest)
                .count();
        return Math.max(tests, 1);
    }

    private static String className(TestIdentifier test) {
        return test.getSource()
                .map(source -> switch (source) {
                    case MethodSource method -> simpleName(method.getClassName());
                    case ClassSource type -> simpleName(type.getClassName());
                    default -> test.getDisplayName();
                })
                .orElseGet(test::getDisplayName);
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1).replace('$', '.');
    }
}
