package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Ioctls of this package's headers that have no method on purpose. Any other ioctl that no spec claims is reported as a
 * warning, which is how the ioctls of a newer kernel come to notice.
 */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.PACKAGE)
public @interface Unclaimed {
    /** The names of the request macros. */
    String[] value();

    /** Why they have no method. */
    String reason();
}
