/**
 * The ABI snapshot: what a header set declares for one architecture, as immutable values, and their JSON form.
 */
@NullMarked
package io.kvm4j.snapshot;

import org.jspecify.annotations.NullMarked;
