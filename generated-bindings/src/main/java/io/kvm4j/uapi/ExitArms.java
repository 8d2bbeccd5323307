package io.kvm4j.uapi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the type of an exit stands for: its reason, and the arms of the union that it reads. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ExitArms {
    /** The macro of the reason, for example {@code KVM_EXIT_IO}. */
    String reason();

    /** The C names of the arms, for example {@code io}; none if the reason says it all. */
    String[] arms();
}
