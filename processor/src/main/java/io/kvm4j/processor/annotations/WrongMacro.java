package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * States why the direction in an ioctl's request number differs from the way its argument really flows, or why the
 * argument is a struct where the macro names a scalar. Without it such a difference is an error, and so is this
 * annotation where there is no difference.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface WrongMacro {
    /** The reason, for the reader. */
    String value();
}
