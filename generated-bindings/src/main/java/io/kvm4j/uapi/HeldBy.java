package io.kvm4j.uapi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a generated enum: what holds its numbers or flags in the kernel's ABI. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface HeldBy {
    /** Fields by their C names, such as {@code kvm_run.notify.flags}, some with the condition after {@code when}. */
    String[] fields() default {};

    /** The request macros of ioctls whose argument, passed by value, is one of them. */
    String[] arguments() default {};

    /** Anything else, in words. */
    String elsewhere() default "";
}
