/** {@code kvm4j info}: what a kernel supports. */
@NullMarked
package io.kvm4j.cli.info;

import org.jspecify.annotations.NullMarked;
