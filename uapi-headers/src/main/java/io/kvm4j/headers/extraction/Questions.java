package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** An evaluator that only remembers what it was asked. */
final class Questions implements Evaluator {
    private final Set<String> expressions = new LinkedHashSet<>();

    @Override
    public long value(String expression) {
        expressions.add(expression);
        return 1;
    }

    @Override
    public void require(boolean condition, Supplier<HeadersException> otherwise) {
        // Nothing follows from values that are not known yet.
    }

    /** What was asked, each once, in order. */
    Set<String> expressions() {
        return expressions;
    }
}
