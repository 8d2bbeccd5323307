/** {@code kvm4j testbed}. */
@NullMarked
package io.kvm4j.testbed.cli;

import org.jspecify.annotations.NullMarked;
