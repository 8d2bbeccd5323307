package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates, from a spec interface {@code <Name>Spec}, the class {@code <Name>}: one constant for every macro of a
 * group, and a representation of numbers that have none. The views of the structs whose fields hold the numbers get
 * accessors of that type beside the plain ones.
 *
 * <p>The group is what {@link #prefix} selects, less {@link #except}, and {@link #macros} besides. A package without an
 * architecture selects among the constants of such packages, a package with one among all that its architecture has.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface ValueEnum {
    /** The prefix of the macros, for example {@code KVM_CAP_}; empty to list {@link #macros} alone. */
    String prefix() default "";

    /** Macros that belong to the group whatever their prefix. */
    String[] macros() default {};

    /** Macros that only share the prefix. */
    String[] except() default {};

    /**
     * The fields that hold the numbers: the C name of a struct and the names of members, dots between, as C would write
     * it: {@code kvm_run.system_event.type}; an element of an array is {@code kvm_enable_cap.args[0]}.
     */
    String[] fields() default {};

    /** Fields that hold the numbers only under some condition. */
    TaggedField[] tagged() default {};

    /** Request macros of ioctls whose argument, passed by value, is such a number. */
    String[] arguments() default {};

    /** What holds the numbers if no field and no argument does, in words. */
    String elsewhere() default "";

    /** The macro that masks the numbers, if the fields hold more besides; empty if they don't. */
    String mask() default "";

    /** The macro that says by how many bits mask and numbers are shifted in the fields; empty for none. */
    String shift() default "";
}
