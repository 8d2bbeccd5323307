/** Debian as a source: programs of the machine, the archive that its apt is configured for, and the user's cache. */
@NullMarked
package io.kvm4j.headers.debian;

import org.jspecify.annotations.NullMarked;
