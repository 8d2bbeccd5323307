package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates, from a spec interface {@code <Name>Spec}, the sealed interface {@code <Name>} with one type per exit
 * reason, the class {@code <Name>Decoder} that returns the one for a reason, and the value enum of the reasons.
 *
 * <p>An exit reason reads the arm that {@link #exits} names, or else the arm of the same name ({@code KVM_EXIT_IO},
 * {@code io}), or else none.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Exits {
    /** The C name of the struct with the union, for example {@code kvm_run}. */
    String struct();

    /** The C name of the struct's member that holds the reason, for accessors of the enum's type; empty for none. */
    String field() default "";

    /** The prefix of the macros that are the reasons. */
    String prefix();

    /** Macros that only share the prefix. */
    String[] except() default {};

    /** Arms of the union that no exit reads on purpose, such as padding; any other that none reads is a warning. */
    String[] unread() default {};

    /** The simple name of the value enum of the reasons, for example {@code ExitReason}. */
    String reasons();

    /** What the names do not say about single exits. */
    Exit[] exits() default {};

    /** Sealed parents of several exits. */
    ExitFamily[] families() default {};
}
