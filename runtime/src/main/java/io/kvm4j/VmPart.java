package io.kvm4j;

import io.kvm4j.uapi.KvmVmIoctls;
import java.util.function.Consumer;

/**
 * What a VM has beside memory and vCPUs, from the moment that KVM was told of it until it is closed, by its owner or with
 * the VM, whichever comes first. Any thread may close it, and again.
 */
public abstract class VmPart implements AutoCloseable {
    private final Vm vm;

    /** Not yet a part of the VM: {@link #begin} makes it one. */
    protected VmPart(Vm vm) {
        this.vm = vm;
    }

    /** The VM that has it. */
    public final Vm vm() {
        return vm;
    }

    /**
     * Makes it a part of the VM. If this throws, it is none, and what it holds is for the caller to release.
     *
     * @param calls what KVM is told, while nobody can close the VM
     * @throws IllegalStateException if the VM is closed
     */
    protected final void begin(Consumer<KvmVmIoctls> calls) {
        vm.begin(this, calls);
    }

    /**
     * Asks whether the VM can have this beside another of its parts. It can unless this is overridden.
     *
     * @throws RuntimeException that says why not
     */
    protected void requireCompatible(VmPart other) {}

    /**
     * Takes note of a vCPU that the VM has from now on. Called while nobody can close the VM; what it throws, {@link
     * Vm#createVcpu} throws.
     */
    protected void vcpuCreated(Vcpu vcpu) {}

    /** Takes it back from KVM, and releases what it holds. Called once, while nobody can close the VM. */
    protected abstract void end(KvmVmIoctls ioctls);

    @Override
    public final void close() {
        vm.end(this);
    }
}
