package io.kvm4j.processor.annotations;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Why some ioctls have no method: part of {@link Unclaimed}. */
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface Excuse {
    /** The names of the request macros. */
    String[] value();

    /** Why they have no method. */
    String reason();

    /**
     * The architectures on which they have none, as their packages name them; empty for that of the annotated package,
     * or for all if it has none.
     */
    String[] architectures() default {};

    /**
     * The header set that brought them, for example {@code linux-7.3}, if the bindings are generated from older ones too;
     * these need not have them then.
     */
    String since() default "";

    /**
     * The last header set that has them, for example {@code linux-6.1}, if the bindings are generated from newer ones too;
     * these need not have them then.
     */
    String until() default "";
}
