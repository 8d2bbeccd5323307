package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of a package's constants which are plain numbers: no flag, mode, type or reason that an enum should have. Where a
 * package has such a list, on its package-info or on any interface, every other constant that is neither an ioctl nor a
 * constant of an enum is reported as a warning, which is how the flags of a newer kernel come to notice.
 */
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.PACKAGE, ElementType.TYPE})
public @interface PlainConstants {
    /** The plain constants by reason. */
    Plain[] value();
}
