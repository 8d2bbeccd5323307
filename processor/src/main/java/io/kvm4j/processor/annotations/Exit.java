package io.kvm4j.processor.annotations;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the names do not say about one exit: part of {@link Exits}. */
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface Exit {
    /** The macro of the exit reason, for example {@code KVM_EXIT_EXCEPTION}. */
    String value();

    /** The C name of the arm that the reason selects; empty for the one of the reason's own name, if there is one. */
    String arm() default "";

    /** The C names of further arms that the reason's data may have the form of; each becomes an accessor. */
    String[] also() default {};

    /** The simple name of the exit's type; empty to derive it from the macro. */
    String type() default "";

    /** A hand-written interface that the exit's type implements: what it offers beyond its fields. */
    Class<?> offers() default void.class;
}
