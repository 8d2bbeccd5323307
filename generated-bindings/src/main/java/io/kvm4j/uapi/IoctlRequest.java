package io.kvm4j.uapi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The request macro of the ioctl that a generated method calls. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface IoctlRequest {
    /** The macro, for example {@code KVM_RUN}. */
    String value();
}
