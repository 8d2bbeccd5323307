package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Ioctls of the headers of this package, or of any other of the same header set, that have no method on purpose. Any
 * other ioctl that no spec claims, on whichever architecture, is reported as a warning, which is how the ioctls of a
 * newer kernel come to notice. The class of the package's constants carries the excuses on to those who count.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface Unclaimed {
    /** The excuses; each ioctl has one at most on an architecture. */
    Excuse[] value();
}
