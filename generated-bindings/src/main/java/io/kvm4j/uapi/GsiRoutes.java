package io.kvm4j.uapi;

import java.util.Objects;

/**
 * Writes the entries of the table that {@link KvmVmIoctls#setGsiRouting} takes: what becomes of a global interrupt. Each
 * method fills a whole entry, which may be the moving one of {@link KvmIrqRouting#entry(int)}, and allocates nothing.
 */
public final class GsiRoutes {
    private GsiRoutes() {}

    /**
     * To an input of an interrupt controller in the kernel.
     *
     * @param chip for example {@code KVM_IRQCHIP_IOAPIC}
     * @param pin the controller's input
     */
    public static KvmIrqRoutingEntry toIrqchip(KvmIrqRoutingEntry entry, int gsi, int chip, int pin) {
        start(entry, gsi, KvmConstants.KVM_IRQ_ROUTING_IRQCHIP)
                .irqchip()
                .irqchip(chip)
                .pin(pin);
        return entry;
    }

    /**
     * To a message signalled interrupt.
     *
     * @param address what the device would write to
     * @param data what the device would write
     */
    public static KvmIrqRoutingEntry toMsi(KvmIrqRoutingEntry entry, int gsi, long address, int data) {
        start(entry, gsi, KvmConstants.KVM_IRQ_ROUTING_MSI)
                .msi()
                .addressLo((int) address)
                .addressHi((int) (address >>> Integer.SIZE))
                .data(data);
        return entry;
    }

    /**
     * To a message signalled interrupt of a certain device, where the controller translates interrupts by device:
     * {@code KVM_CAP_MSI_DEVID}.
     *
     * @param address what the device would write to
     * @param data what the device would write
     * @param device the device's number, on PCI made of bus, slot and function
     */
    public static KvmIrqRoutingEntry toMsi(KvmIrqRoutingEntry entry, int gsi, long address, int data, int device) {
        toMsi(entry, gsi, address, data).flags(KvmConstants.KVM_MSI_VALID_DEVID);
        entry.u().msi().devid(device);
        return entry;
    }

    /** To a synthetic interrupt of Hyper-V, on one vCPU. */
    public static KvmIrqRoutingEntry toHypervSint(KvmIrqRoutingEntry entry, int gsi, int vcpu, int sint) {
        start(entry, gsi, KvmConstants.KVM_IRQ_ROUTING_HV_SINT)
                .hvSint()
                .vcpu(vcpu)
                .sint(sint);
        return entry;
    }

    /** To an event channel of Xen, on one vCPU, of the two-level kind. */
    public static KvmIrqRoutingEntry toXenEventChannel(KvmIrqRoutingEntry entry, int gsi, int port, int vcpu) {
        start(entry, gsi, KvmConstants.KVM_IRQ_ROUTING_XEN_EVTCHN)
                .xenEvtchn()
                .port(port)
                .vcpu(vcpu)
                .priority(KvmConstants.KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_2LEVEL);
        return entry;
    }

    private static KvmIrqRoutingEntry.U start(KvmIrqRoutingEntry entry, int gsi, int type) {
        Objects.requireNonNull(entry).segment().fill((byte) 0);
        return entry.gsi(gsi).type(type).u();
    }
}
