package io.kvm4j;

import io.kvm4j.uapi.x86_64.X86VmIoctls;

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
}
