/**
 * The annotations of binding specs. A spec says only what C headers cannot: which package a header's declarations go
 * to, how an ioctl's argument flows, which macros form an enum, which exit reason selects which arm of a union.
 * Everything else comes from the ABI snapshot that the compiler option {@code -Akvm4j.snapshot=PATH} names.
 */
@NullMarked
package io.kvm4j.processor.annotations;

import org.jspecify.annotations.NullMarked;
