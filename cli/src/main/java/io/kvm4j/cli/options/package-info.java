/** Options that commands share. */
@NullMarked
package io.kvm4j.cli.options;

import org.jspecify.annotations.NullMarked;
