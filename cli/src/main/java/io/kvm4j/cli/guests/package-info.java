/** The commands that run one of the example guests. */
@NullMarked
package io.kvm4j.cli.guests;

import org.jspecify.annotations.NullMarked;
