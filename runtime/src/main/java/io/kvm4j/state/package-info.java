/**
 * The state of a machine, saved and restored: {@link io.kvm4j.state.VmSnapshot} of a whole VM but its memory, which consists
 * of {@link io.kvm4j.state.VcpuState} of each vCPU and {@link io.kvm4j.state.VmState} of what the VM has besides. All are
 * values that can be written to a file or a socket, and read from one that is not trusted: what is damaged or hostile is
 * refused with a {@link io.kvm4j.state.StateFormatException}, and takes no more memory than it has bytes, by a small factor.
 *
 * <p>Use {@link io.kvm4j.state.VmSnapshot}. Its parts are for VMMs with an order of their own:
 *
 * <pre>{@code
 * VmState machine = VmState.save(vm);              // the guest is paused
 * VcpuState processor = VcpuState.save(vcpu);
 *
 * Vm fresh = kvm.createVm();                       // the caller provides its memory slots and their content
 * machine.createDevices(fresh);                    // before the first vCPU
 * Vcpu restored = fresh.createVcpu(processor.id());
 * processor.restore(restored);
 * machine.restore(fresh);                          // after the last vCPU: interrupts that are pending find their APICs
 * }</pre>
 *
 * <p>Some of what KVM can be told it cannot be asked for. A VM remembers what it was told by this library's methods, see
 * {@link io.kvm4j.VmSettings}, and that is restored. Not part of the state are memory slots, eventfds, coalesced zones, dirty
 * logging, what was set by raw ioctls, and the addresses of the TSS and the identity map: set these up as before.
 */
@NullMarked
package io.kvm4j.state;

import org.jspecify.annotations.NullMarked;
