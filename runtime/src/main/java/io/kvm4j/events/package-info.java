/**
 * Events between guest and VMM that take no exit: {@link io.kvm4j.events.EventFd} is the counter that both wait for,
 * {@link io.kvm4j.events.Ioeventfd} lets writes of the guest signal one. The other direction, an event that raises an
 * interrupt, is in {@code io.kvm4j.interrupts}.
 */
@NullMarked
package io.kvm4j.events;

import org.jspecify.annotations.NullMarked;
