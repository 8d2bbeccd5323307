package io.kvm4j;

import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.MemoryRegionFlags;
import java.util.function.Consumer;

/** Changes of a VM's memory slots. Each takes the VM's lock. */
final class VmSlots {
    private final Vm vm;
    private final Object lock;
    private final Descriptor descriptor;
    private final AddressSpaces spaces;
    private final VmVcpus vcpus;

    /**
     * Begins with the VM.
     *
     * @param lock the VM's
     * @param descriptor the VM's
     */
    VmSlots(Vm vm, Object lock, Descriptor descriptor, AddressSpaces spaces, VmVcpus vcpus) {
        this.vm = vm;
        this.lock = lock;
        this.descriptor = descriptor;
        this.spaces = spaces;
        this.vcpus = vcpus;
    }

    void move(MemorySlot slot, long gpa) {
        synchronized (lock) {
            descriptor.fd();
            spaces.of(slot).move(slot, gpa, vm);
        }
    }

    void change(MemorySlot slot, MemoryRegionFlags flags) {
        synchronized (lock) {
            descriptor.fd();
            spaces.of(slot).requireHas(slot);
            slot.change(vm.ownIoctls(), flags);
        }
    }

    /** Calls ioctls that name a slot: under the lock, for its number may be another's once it is closed. */
    void tell(MemorySlot slot, Consumer<KvmVmIoctls> calls) {
        synchronized (lock) {
            descriptor.fd();
            spaces.of(slot).requireHas(slot);
            calls.accept(vm.ioctls());
        }
    }

    /**
     * Takes a slot from the guest, running or not, and unmaps it. Once the VM is closed KVM cannot take it from a guest that
     * still runs: then it is unmapped when that guest has returned.
     */
    void remove(MemorySlot slot) {
        synchronized (lock) {
            if (!spaces.of(slot).has(slot)) {
                return;
            }
            if (!descriptor.isClosed()) {
                slot.tell(vm.ownIoctls(), 0);
            } else if (!vcpus.isEmpty()) {
                return;
            }
            spaces.of(slot).remove(slot);
            slot.unmap();
        }
    }

    /** Makes a caller's own request for a slot. */
    void setCallersSlot(CallersSlots.Request request, Runnable ioctl) {
        synchronized (lock) {
            descriptor.fd();
            spaces.setCallersSlot(request, ioctl, vm);
        }
    }
}
