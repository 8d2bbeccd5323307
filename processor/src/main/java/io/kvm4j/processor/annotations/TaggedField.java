package io.kvm4j.processor.annotations;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Part of {@link FlagEnum} and {@link ValueEnum}: a field whose meaning depends on something else, often on another
 * field. Several enums may have it, each under a condition of its own; the accessors stand in the enum, not in the view.
 */
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface TaggedField {
    /** The field, for example {@code kvm_enable_cap.args[0]}. */
    String value();

    /** When it holds them, in words after "when", for example {@code cap is KVM_CAP_X2APIC_API}. */
    String when();
}
