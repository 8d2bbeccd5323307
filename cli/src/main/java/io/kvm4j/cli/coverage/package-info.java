/** {@code kvm4j uapi coverage}: what the bindings offer of a header set. */
@NullMarked
package io.kvm4j.cli.coverage;

import org.jspecify.annotations.NullMarked;
