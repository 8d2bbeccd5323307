package io.kvm4j.processor.annotations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the interface of one kind of file descriptor, with one {@link Ioctl} method per request. Generates the class
 * {@code <name>OverFd} that implements it over an {@code int} descriptor. An interface that extends another such
 * interface, of this compilation or of a library, inherits its ioctls: the class extends that one's class.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Ioctls {}
