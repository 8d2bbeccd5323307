package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates, from a spec interface {@code <Name>Spec}, the enum {@code <Name>} with one constant for every macro with
 * the prefix, and the set type {@code <Name>s}, which keeps bits that have no name.
 */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.TYPE)
public @interface FlagEnum {
    /** The prefix of the macros, for example {@code KVM_MEM_}. */
    String prefix();

    /** Macros that only share the prefix. */
    String[] except() default {};

    /** The C name of the struct whose field holds the flags. */
    String struct();

    /** The C name of the field, whose width bounds the flags. */
    String field();
}
