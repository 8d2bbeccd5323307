package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the interface of one kind of file descriptor, with one {@link Ioctl} method per request. Generates the final
 * class {@code <name>OverFd} that implements it, inherited ioctls included, over an {@code int} descriptor.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Ioctls {}
