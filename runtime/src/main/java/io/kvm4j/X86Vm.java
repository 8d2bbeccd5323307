package io.kvm4j;

import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;

/** What x86_64 adds to a VM. */
public final class X86Vm {
    private final Vm vm;
    private final X86VmIoctls ioctls;

    X86Vm(Vm vm, X86VmIoctls ioctls) {
        this.vm = vm;
        this.ioctls = ioctls;
    }

    /**
     * The ioctls of the VM, as {@link Vm#ioctls}.
     *
     * @throws IllegalStateException if the VM is closed
     */
    public X86VmIoctls ioctls() {
        vm.ioctls();
        return ioctls;
    }

    /**
     * Creates the interrupt controllers of a PC in the kernel: two 8259 PICs, an I/O APIC, and a local APIC with each vCPU.
     * From then on HLT sleeps in KVM_RUN until an interrupt comes, instead of exiting.
     *
     * @throws io.kvm4j.uapi.ErrnoException with EEXIST if there are some, EINVAL if there is a vCPU already
     */
    public void createIrqchip() {
        vm.tell(_ -> ioctls.createIrqchip());
    }

    /**
     * Creates the timer of a PC, an 8254 PIT, in the kernel, where its interrupt needs the controllers of {@link
     * #createIrqchip}.
     *
     * @throws io.kvm4j.uapi.ErrnoException with ENOENT if there is no such controller, EEXIST if there is a timer
     */
    public void createPit() {
        try (Arena arena = Arena.ofConfined()) {
            KvmPitConfig config = KvmPitConfig.allocate(arena);
            vm.tell(_ -> ioctls.createPit2(config));
        }
    }
}
