package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates into the annotated package a view class for every struct and union, and one constant for every macro and
 * enumerator, that the named headers declare.
 *
 * <p>A record that embeds a record of an architecture's package by value belongs to that architecture too and is
 * generated there, unless {@link #neutral()} names it.
 */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.PACKAGE)
public @interface UapiPackage {
    /** The headers as an {@code #include} spells them, for example {@code linux/kvm.h}. */
    String[] headers();

    /** The simple name of the class that holds the constants, for example {@code KvmConstants}. */
    String constants();

    /**
     * The architecture that the headers belong to, as GNU triples name it ({@code x86_64}); empty for headers that are
     * the same everywhere.
     */
    String architecture() default "";

    /**
     * The header set whose snapshot it is generated from, for example that of a proposal whose numbers mean something
     * else on mainline; empty for the set of the first snapshot.
     */
    String set() default "";

    /**
     * C names of records that stay in this package although they embed records of one architecture; such members are
     * opaque: a slice of memory that the architecture's package can give a type to.
     */
    String[] neutral() default {};

    /** What counts the elements of flexible arrays. */
    FlexibleArray[] flexibleArrays() default {};
}
