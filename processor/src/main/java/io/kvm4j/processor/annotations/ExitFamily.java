package io.kvm4j.processor.annotations;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A sealed parent of several exits, for example those that only one architecture raises, so that one case names
 * them: part of {@link Exits}.
 */
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface ExitFamily {
    /** The simple name of the sealed interface. */
    String name();

    /** Macros of the exit reasons that belong to it. */
    String[] reasons() default {};

    /** A prefix of macros whose exit reasons belong to it too; empty for none. */
    String prefix() default "";
}
