package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The request fills a struct whose size a capability tells: the method takes a {@link
 * java.lang.foreign.SegmentAllocator}, allocates as many bytes as the capability's value, the struct's own size at
 * least, and returns the struct.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface SizedBy {
    /** The capability whose value is the size in bytes, for example {@code KVM_CAP_XSAVE2}. */
    String value();

    /** The C name of the member that tells the kernel the size; empty if it knows it. */
    String field() default "";
}
