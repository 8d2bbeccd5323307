/** {@code kvm4j uapi}: regenerating snapshots, and comparing them. */
@NullMarked
package io.kvm4j.headers.cli;

import org.jspecify.annotations.NullMarked;
