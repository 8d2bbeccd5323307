package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The request fills a flexible array whose size the caller cannot know: the method allocates the struct, and while the
 * kernel answers E2BIG or ENOMEM allocates a larger one. The struct needs a {@link FlexibleArray}.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface Growing {
    /** The number of elements that the first attempt has room for. */
    int initial() default 64;

    /** The number of elements beyond which the method gives up with the kernel's error. */
    int limit() default 65_536;
}
