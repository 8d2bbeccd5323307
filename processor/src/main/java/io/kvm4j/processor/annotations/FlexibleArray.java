package io.kvm4j.processor.annotations;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Part of {@link UapiPackage}: names the member that counts the elements of a struct's flexible array, which C does not say. The generated {@code
 * allocate(allocator, count)} sets it.
 */
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface FlexibleArray {
    /** The C name of the struct, for example {@code kvm_cpuid2}. */
    String struct();

    /** The C name of the counting member, for example {@code nent}. */
    String count();
}
