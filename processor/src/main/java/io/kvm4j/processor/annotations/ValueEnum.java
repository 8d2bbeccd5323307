package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates, from a spec interface {@code <Name>Spec}, the class {@code <Name>}: one constant for every macro with the
 * prefix, and a representation of numbers that have none.
 */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.TYPE)
public @interface ValueEnum {
    /** The prefix of the macros, for example {@code KVM_CAP_}. */
    String prefix();

    /** Macros that only share the prefix. */
    String[] except() default {};
}
