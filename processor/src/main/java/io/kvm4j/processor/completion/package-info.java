/**
 * Completes headers that are not those the specs were written for: what they lack is taken from these, so that the specs
 * still hold, and each declaration knows where it comes from.
 */
@NullMarked
package io.kvm4j.processor.completion;

import org.jspecify.annotations.NullMarked;
