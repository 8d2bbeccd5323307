package io.kvm4j.uapi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which macros and which union a sealed interface of exits is made of. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ExitUnion {
    /** The C name of the struct with the union, for example {@code kvm_run}. */
    String struct();

    /** The prefix of the macros of the reasons. */
    String prefix();

    /** Macros that only share the prefix. */
    String[] except();

    /** Arms that no exit reads on purpose. */
    String[] unread();
}
