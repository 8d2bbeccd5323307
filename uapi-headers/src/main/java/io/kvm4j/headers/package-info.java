/**
 * What the module does for others: {@link io.kvm4j.headers.Regeneration} makes a snapshot of a header set.
 */
@NullMarked
package io.kvm4j.headers;

import org.jspecify.annotations.NullMarked;
