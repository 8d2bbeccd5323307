package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates into the annotated package a view class for every struct and union, and one constant for every macro and
 * enumerator, that the named headers declare.
 *
 * <p>The snapshots of all architectures that packages are for are compared. A package without an architecture is neutral:
 * of its headers it takes what every one of these architectures declares alike, the records that a record embeds
 * included. What differs, or what only some declare, goes to the packages of the architectures that have it. A record of
 * an architecture's header is never neutral, nor is one that embeds it, unless {@link #neutral()} names that one.
 *
 * <p>An architecture that the header set lacks is taken from the first snapshot of another set that has it.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface UapiPackage {
    /** The headers as an {@code #include} spells them, for example {@code linux/kvm.h}. */
    String[] headers();

    /** The simple name of the class that holds the constants, for example {@code KvmConstants}. */
    String constants();

    /**
     * The architecture that the headers belong to, as GNU triples name it ({@code x86_64}); empty for a neutral package.
     */
    String architecture() default "";

    /**
     * The header set whose snapshot it is generated from, for example that of a proposal whose numbers mean something
     * else on mainline; empty for the set of the first snapshot.
     */
    String set() default "";

    /**
     * C names of records that stay in this package although they embed records that differ between architectures; such
     * members are opaque: a slice of memory, as large as the largest, that the architecture's package can give a type to.
     */
    String[] neutral() default {};

    /** What counts the elements of flexible arrays. */
    FlexibleArray[] flexibleArrays() default {};
}
