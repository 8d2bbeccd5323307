/**
 * The state of a machine, saved and restored: {@link io.kvm4j.state.VcpuState} of a vCPU, {@link io.kvm4j.state.VmState}
 * of what the VM has besides its memory. Both are values that can be written to a file or a socket.
 *
 * <p>The guest must stand still while it is saved. What was saved is restored to a fresh VM in an order that KVM gives:
 *
 * <pre>{@code
 * VmState machine = VmState.save(vm);              // the guest stands: VcpuThread.pause(), or nobody calls Vcpu.run()
 * VcpuState processor = VcpuState.save(vcpu);
 *
 * Vm fresh = kvm.createVm();                       // its memory slots and their content are the caller's matter
 * machine.createDevices(fresh);                    // before the first vCPU
 * Vcpu restored = fresh.createVcpu(processor.id());
 * processor.restore(restored);
 * machine.restore(fresh);                          // after the last vCPU: interrupts that are pending find their APICs
 * }</pre>
 *
 * <p>What KVM can be told but not asked is no state: memory slots, capabilities that were turned on, routes of interrupts,
 * eventfds, filters of MSRs, the addresses of the TSS and the identity map. Who restores sets these up as before.
 *
 * <p>Time stands still between saving and restoring: clock and time stamp counter go on from where they were.
 */
@NullMarked
package io.kvm4j.state;

import org.jspecify.annotations.NullMarked;
