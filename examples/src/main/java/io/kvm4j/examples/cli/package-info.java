/** The {@code kvm4j} command line: one class per command. */
@NullMarked
package io.kvm4j.examples.cli;

import org.jspecify.annotations.NullMarked;
