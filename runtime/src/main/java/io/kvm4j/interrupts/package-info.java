/**
 * Interrupts for a guest whose interrupt controller is in the kernel, in whole ({@link io.kvm4j.X86Vm#createIrqchip}) or in
 * part ({@link io.kvm4j.X86Vm#createSplitIrqchip}): {@link
 * io.kvm4j.interrupts.Irqfd} raises one by an event, {@link io.kvm4j.interrupts.Msi} is a message that does, and {@link
 * io.kvm4j.interrupts.GsiRouting} says where they go.
 */
@NullMarked
package io.kvm4j.interrupts;

import org.jspecify.annotations.NullMarked;
