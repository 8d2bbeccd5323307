package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method the call of one ioctl. Its parameter is the ioctl's argument:
 *
 * <ul>
 *   <li>none, if the request takes none;
 *   <li>an {@code int} or {@code long}: passed by value if the request macro names no type ({@code _IO}), by pointer to
 *       a copy if it names a scalar;
 *   <li>a generated struct with {@link In}, {@link Out} or {@link InOut}: passed by pointer;
 *   <li>{@code io.kvm4j.uapi.Struct} with {@link In}, {@link Out} or {@link InOut}, if the request names no struct since
 *       it takes several: passed by pointer;
 *   <li>a {@link java.lang.foreign.SegmentAllocator}, with {@link Growing} or {@link SizedBy}: the method returns the
 *       struct;
 *   <li>none, with {@link Out}, if the request macro names a scalar that the kernel writes: the method returns it.
 * </ul>
 *
 * <p>The method returns {@code void}, or as {@code int} what the system call returned. Failure throws {@code
 * ErrnoException} unless the method is marked {@link ReturnsErrno}.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface Ioctl {
    /** The name of the request macro, for example {@code KVM_CREATE_VM}. */
    String value();

    /**
     * The capability without which the kernel does not know the request, for example {@code KVM_CAP_USER_MEMORY2};
     * empty to take the one that the header's "Available with" comment names, if it names one.
     */
    String capability() default "";
}
