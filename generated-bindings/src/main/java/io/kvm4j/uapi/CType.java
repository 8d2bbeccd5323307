package io.kvm4j.uapi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The C type that a generated class is a view of. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface CType {
    /** The C type, for example {@code struct kvm_regs}. */
    String value();

    /** {@code sizeof}, in bytes. */
    long size();
}
