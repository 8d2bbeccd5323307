/** {@link io.kvm4j.headers.regeneration.Regeneration} makes the snapshots of a header set. */
@NullMarked
package io.kvm4j.headers.regeneration;

import org.jspecify.annotations.NullMarked;
