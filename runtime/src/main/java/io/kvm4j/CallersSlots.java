package io.kvm4j;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;

/**
 * Keeps the slots that a caller sets through a VM's ioctls apart from the VM's own memory, by their numbers: KVM takes a
 * request for a number that exists as a change of that slot. The VM's lock is held for all of it.
 */
final class CallersSlots {
    private final SlotNumbers numbers;

    CallersSlots(SlotNumbers numbers) {
        this.numbers = numbers;
    }

    /** A caller's request, as KVM_SET_USER_MEMORY_REGION takes it. */
    record Request(int slot, long gpa, long size, long address) {
        int numberInSpace() {
            return slot & (1 << MemorySlot.ADDRESS_SPACE_SHIFT) - 1;
        }
    }

    /** Makes a request, unless it would change memory of the VM's own. Only the flags of that may be changed. */
    void set(Request request, Runnable ioctl) {
        MemorySlot own = numbers.owner(request.numberInSpace());
        if (own != null && !isWhere(own, request)) {
            throw new IllegalStateException(
                    "slot number %d belongs to memory that addMemory made, %s: take a number from reserveSlot() instead"
                            .formatted(request.numberInSpace(), own));
        }
        ioctl.run();
        if (own == null) {
            numbers.setRaw(request.numberInSpace(), request.size != 0);
        }
    }

    private static boolean isWhere(MemorySlot own, Request request) {
        return request.gpa == own.gpa()
                && request.size == own.size()
                && request.address == own.segment().address();
    }

    int reserve(Vm vm) {
        requireNumber(vm);
        return numbers.reserve();
    }

    void unreserve(int number) {
        if (!numbers.isReserved(number)) {
            throw new IllegalArgumentException("slot number %d is not reserved".formatted(number));
        }
        numbers.unreserve(number);
    }

    void requireNumber(Vm vm) {
        int most = vm.checkExtension(Capability.KVM_CAP_NR_MEMSLOTS);
        if (numbers.count() >= most) {
            throw new IllegalStateException(
                    "the VM has %d memory slots, and KVM allows no more (KVM_CAP_NR_MEMSLOTS): close one first"
                            .formatted(most));
        }
    }

    /** Explains why KVM refuses memory whose range and number are free as far as the VM knows. */
    static RuntimeException explain(ErrnoException refusal, long gpa, long size, int number) {
        return switch (refusal.errno()) {
            case Errno.EEXIST ->
                new IllegalArgumentException(
                        "memory at [0x%x, 0x%x) overlaps a slot that was set by an ioctl on the VM's descriptor"
                                .formatted(gpa, gpa + size),
                        refusal);
            case Errno.EINVAL -> refusal.with(whyInvalid(gpa + size - 1, number));
            default -> refusal;
        };
    }

    private static String whyInvalid(long last, int number) {
        return last >>> SregsCheck.LEAST_ADDRESS_BITS == 0
                ? "if a slot %d was set by an ioctl on the VM's descriptor, take its number from reserveSlot()"
                        .formatted(number)
                : "the host's processor may have no physical address 0x%x (CPUID 0x80000008:eax[7:0] is its number of bits): choose a lower one"
                        .formatted(last);
    }
}
