package io.kvm4j.coalesced;

import io.kvm4j.Vm;
import io.kvm4j.VmPart;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmCoalescedMmioZone;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;
import java.util.function.Consumer;

/**
 * A range of ports, or of addresses without memory, to which the guest's writes wait for the next exit instead of being
 * one, in {@link CoalescedWrites}: {@code KVM_REGISTER_COALESCED_MMIO}. Reads exit as ever.
 */
public final class CoalescedZone extends VmPart {
    private static final long PORTS = 0x10000;

    private final boolean isPorts;
    private final long first;
    private final int size;

    private CoalescedZone(Vm vm, boolean isPorts, long first, int size) {
        super(vm);
        this.isPorts = isPorts;
        this.first = first;
        this.size = size;
    }

    /**
     * Lets writes to addresses wait, also while the guest runs.
     *
     * @param gpa the first address
     * @param size in bytes
     * @throws IllegalArgumentException if the range is none, or overlaps another zone: KVM could end neither alone
     * @throws io.kvm4j.uapi.ErrnoException with ENOSPC if the VM has too many zones; if the kernel lacks
     *     KVM_CAP_COALESCED_MMIO
     */
    public static CoalescedZone ofAddresses(Vm vm, long gpa, int size) {
        if (gpa < 0 || size <= 0 || gpa > Long.MAX_VALUE - size) {
            throw new IllegalArgumentException("%d bytes at 0x%x are no range of addresses".formatted(size, gpa));
        }
        return begun(new CoalescedZone(vm, false, gpa, size));
    }

    /**
     * Lets writes to ports wait, also while the guest runs.
     *
     * @param first the first port
     * @param count how many ports
     * @throws IllegalArgumentException if the range is none, or overlaps another zone: KVM could end neither alone
     * @throws UnsupportedOperationException if the kernel lacks KVM_CAP_COALESCED_PIO
     * @throws io.kvm4j.uapi.ErrnoException with ENOSPC if the VM has too many zones
     */
    public static CoalescedZone ofPorts(Vm vm, int first, int count) {
        if (first < 0 || count <= 0 || first + (long) count > PORTS) {
            throw new IllegalArgumentException(
                    "%d ports from 0x%x on are no range of ports: they end at 0xffff".formatted(count, first));
        }
        if (vm.checkExtension(Capability.KVM_CAP_COALESCED_PIO) == 0) {
            // It would take the ports for addresses.
            throw new UnsupportedOperationException("this kernel lacks KVM_CAP_COALESCED_PIO");
        }
        return begun(new CoalescedZone(vm, true, first, count));
    }

    private static CoalescedZone begun(CoalescedZone zone) {
        zone.begin(ioctls -> zone.tell(ioctls::registerCoalescedMmio));
        return zone;
    }

    private void tell(Consumer<KvmCoalescedMmioZone> ioctl) {
        try (Arena call = Arena.ofConfined()) {
            ioctl.accept(
                    KvmCoalescedMmioZone.allocate(call).addr(first).size(size).pio(isPorts ? 1 : 0));
        }
    }

    @Override
    protected void requireCompatible(VmPart other) {
        if (other instanceof CoalescedZone zone && overlaps(zone)) {
            throw new IllegalArgumentException("%s overlaps %s, and KVM could end neither alone".formatted(this, zone));
        }
    }

    private boolean overlaps(CoalescedZone other) {
        return isPorts == other.isPorts && first < other.first + other.size && other.first < first + size;
    }

    @Override
    protected void end(KvmVmIoctls ioctls) {
        tell(ioctls::unregisterCoalescedMmio);
    }

    /** What it is, for people. */
    @Override
    public String toString() {
        return "coalesced %s [0x%x, 0x%x)".formatted(isPorts ? "ports" : "addresses", first, first + size);
    }
}
