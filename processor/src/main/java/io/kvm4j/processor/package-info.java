/**
 * The annotation processor: specs are read ({@code spec}), brought together with the headers ({@code resolve}), and what
 * comes of it ({@code model}) is written ({@code write}). It knows nothing of KVM.
 */
@NullMarked
package io.kvm4j.processor;

import org.jspecify.annotations.NullMarked;
