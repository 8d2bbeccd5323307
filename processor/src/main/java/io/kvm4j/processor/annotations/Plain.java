package io.kvm4j.processor.annotations;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Constants that are plain numbers for one reason: part of {@link PlainConstants}. */
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface Plain {
    /** Prefixes of the constants, of which those that an enum has are left out. */
    String[] prefixes() default {};

    /** Single constants. */
    String[] constants() default {};

    /** What they are. */
    String reason();
}
