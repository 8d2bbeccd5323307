/** The {@code kvm4j} command line: its commands lie in subpackages, by subject. */
@NullMarked
package io.kvm4j.cli;

import org.jspecify.annotations.NullMarked;
