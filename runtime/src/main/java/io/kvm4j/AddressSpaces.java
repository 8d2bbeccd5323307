package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.Capability;
import java.util.ArrayList;
import java.util.List;

/** The memory of a guest in each of its address spaces. Those but the first are made when they are asked for. */
final class AddressSpaces {
    private final GuestMemory first = new GuestMemory(0);

    /** Replaced, never changed, under the VM's lock. */
    private volatile List<GuestMemory> all = List.of(first);

    GuestMemory first() {
        return first;
    }

    /** The memory that a slot is part of. */
    GuestMemory of(MemorySlot slot) {
        return all.get(slot.addressSpace());
    }

    /** Makes a caller's request for a slot; one for an address space that does not exist is KVM's to refuse. */
    void setCallersSlot(CallersSlots.Request request, Runnable ioctl, Vm vm) {
        int number = request.slot() >>> MemorySlot.ADDRESS_SPACE_SHIFT;
        if (number < count(vm)) {
            at(number, vm).callersSlots().set(request, ioctl);
        } else {
            ioctl.run();
        }
    }

    private static int count(Vm vm) {
        return Math.max(1, vm.checkExtension(Capability.KVM_CAP_MULTI_ADDRESS_SPACE));
    }

    /** The memory of an address space of a VM, whose lock is held. */
    GuestMemory at(int number, Vm vm) {
        int count = count(vm);
        if (number < 0 || number >= count) {
            throw new IllegalArgumentException(
                    "there is no address space %d: KVM gives this VM %d of them, from 0 on (KVM_CAP_MULTI_ADDRESS_SPACE)"
                            .formatted(number, count));
        }
        if (number >= all.size()) {
            List<GuestMemory> more = new ArrayList<>(all);
            while (more.size() <= number) {
                more.add(new GuestMemory(more.size()));
            }
            all = List.copyOf(more);
        }
        return all.get(number);
    }

    /** Unmaps all slots once the VM is closed and no guest runs. */
    void close() {
        Cleanup cleanup = new Cleanup();
        for (GuestMemory memory : all) {
            cleanup.run(memory::close);
        }
        cleanup.finish();
    }
}
