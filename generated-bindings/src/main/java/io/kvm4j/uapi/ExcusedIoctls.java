package io.kvm4j.uapi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Ioctls that have no method on purpose, at the class of a package's constants. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(ExcusedIoctls.All.class)
public @interface ExcusedIoctls {
    /** The request macros. */
    String[] value();

    /** Why they have no method. */
    String reason();

    /** The architectures on which they have none; empty if the headers were not told apart by architecture. */
    String[] architectures();

    /** Several excuses. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface All {
        /** The excuses. */
        ExcusedIoctls[] value();
    }
}
