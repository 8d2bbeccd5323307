/**
 * Writes of the guest that wait for the next exit instead of being one: {@link io.kvm4j.coalesced.CoalescedZone} says
 * which, {@link io.kvm4j.coalesced.CoalescedWrites} takes them. For devices whose registers are written more often than it
 * matters when.
 */
@NullMarked
package io.kvm4j.coalesced;

import org.jspecify.annotations.NullMarked;
