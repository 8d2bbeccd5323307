/** {@code kvm4j postcopy}: a guest that moves between processes. */
@NullMarked
package io.kvm4j.cli.postcopy;

import org.jspecify.annotations.NullMarked;
