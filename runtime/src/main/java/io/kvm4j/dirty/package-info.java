/**
 * Which pages of a guest's memory were written to, for who copies it while the guest runs: {@link
 * io.kvm4j.dirty.DirtyBitmap} asks KVM for a bit per page, {@link io.kvm4j.dirty.DirtyRings} reads what the vCPUs noted.
 */
@NullMarked
package io.kvm4j.dirty;

import org.jspecify.annotations.NullMarked;
