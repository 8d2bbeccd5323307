/** How C functions are called: found once, with memory for errno. For kvm4j's own modules. */
@NullMarked
package io.kvm4j.libc;

import org.jspecify.annotations.NullMarked;
