package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import java.util.function.Supplier;

/**
 * Tells the values of C expressions.
 *
 * <p>All values come from one run of jextract, so the code that needs them runs twice: once over an evaluator that
 * collects the expressions and answers 1 to all, then over the one that knows the answers.
 */
interface Evaluator {

    /** The value of an integer constant expression, or of whether a macro is defined, spelled {@code defined NAME}. */
    long value(String expression);

    /** Whether an expression is not 0. */
    default boolean holds(String expression) {
        return value(expression) != 0;
    }

    /** Throws unless a condition on values that were told holds. */
    default void require(boolean condition, Supplier<HeadersException> otherwise) {
        if (!condition) {
            throw otherwise.get();
        }
    }
}
