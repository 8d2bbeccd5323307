/**
 * Header sets: their names, and the Debian packages that their headers come from.
 */
@NullMarked
package io.kvm4j.headers.sets;

import org.jspecify.annotations.NullMarked;
