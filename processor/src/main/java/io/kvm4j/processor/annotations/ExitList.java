package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Holds several {@link Exit} annotations. */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.TYPE)
public @interface ExitList {
    /** The annotations. */
    Exit[] value();
}
