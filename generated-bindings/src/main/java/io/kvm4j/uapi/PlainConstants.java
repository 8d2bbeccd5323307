package io.kvm4j.uapi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a generated class of constants: those that are plain numbers, which no enum should have, and why. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface PlainConstants {
    /** The plain constants by reason. */
    Group[] value();

    /** Constants that are plain for one reason. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({})
    @interface Group {
        /** Prefixes of the constants, of which those that an enum has are left out. */
        String[] prefixes() default {};

        /** Single constants. */
        String[] constants() default {};

        /** What they are. */
        String reason();
    }
}
