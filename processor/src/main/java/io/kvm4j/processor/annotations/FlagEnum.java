package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates, from a spec interface {@code <Name>Spec}, the enum {@code <Name>} with one constant for every macro of a
 * group, and the set type {@code <Name>s}, which keeps bits that have no name. The views of the structs whose fields
 * hold the flags get accessors of that type beside the plain ones.
 *
 * <p>The group is what {@link #prefix} selects, less {@link #except}, and {@link #macros} besides. A package without an
 * architecture selects among the constants of such packages, a package with one among all that its architecture has.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface FlagEnum {
    /** The prefix of the macros, for example {@code KVM_MEM_}; empty to list {@link #macros} alone. */
    String prefix() default "";

    /** Macros that belong to the group whatever their prefix. */
    String[] macros() default {};

    /** Macros that only share the prefix. */
    String[] except() default {};

    /** Whether the macros are numbers of bits, and not the bits themselves. */
    boolean numbered() default false;

    /**
     * The fields that hold the flags and nothing else: the C name of a struct and the names of members, dots between,
     * as C would write it: {@code kvm_run.notify.flags}; an element of an array is {@code kvm_vcpu_init.features[0]}.
     */
    String[] fields() default {};

    /** Fields that hold the flags only under some condition. */
    TaggedField[] tagged() default {};

    /** Request macros of ioctls whose argument, passed by value, holds the flags. */
    String[] arguments() default {};

    /** What holds the flags if no field and no argument does, in words. */
    String elsewhere() default "";
}
