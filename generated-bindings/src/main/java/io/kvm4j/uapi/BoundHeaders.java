package io.kvm4j.uapi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The headers that a package is generated from, at the class of its constants. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface BoundHeaders {
    /** The header set, for example {@code linux-7.2}. */
    String set();

    /** The architectures that the package is for, all that there are for a neutral one. */
    String[] architectures();

    /** The headers that it claims, as an {@code #include} spells them. */
    String[] headers();

    /** Whether what it holds is the same on all its architectures. */
    boolean neutral();
}
