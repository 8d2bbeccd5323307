/**
 * Virtual machines over KVM: {@link io.kvm4j.Kvm} is the host's {@code /dev/kvm}, {@link io.kvm4j.Vm} a machine with its
 * memory, {@link io.kvm4j.Vcpu} a processor whose {@code run()} returns each exit, {@link io.kvm4j.VcpuThread} a
 * thread that runs one and that others can stop. These classes hold lifetimes, threads
 * and bounds; everything else is in the bindings, {@code io.kvm4j.uapi}, and one call away. What a VM can have beside, each
 * an {@link io.kvm4j.VmPart} that closes with it, is in packages of its own: {@code events}, {@code interrupts}, {@code
 * coalesced}, {@code dirty}, {@code stats}.
 */
@NullMarked
package io.kvm4j;

import org.jspecify.annotations.NullMarked;
