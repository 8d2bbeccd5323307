package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Holds several {@link FlexibleArray} annotations. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface FlexibleArrays {
    /** The annotations. */
    FlexibleArray[] value();
}
