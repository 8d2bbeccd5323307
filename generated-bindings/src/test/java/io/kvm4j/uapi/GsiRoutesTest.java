package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class GsiRoutesTest {
    private final KvmIrqRouting routing = KvmIrqRouting.allocate(Arena.ofAuto(), 2);
    private final KvmIrqRoutingEntry entry = routing.entry(1);

    @Test
    void irqchip() {
        entry.segment().fill((byte) 0xff);
        GsiRoutes.toIrqchip(entry, 7, 2, 9);
        assertEquals(7, entry.gsi());
        assertEquals(KvmConstants.KVM_IRQ_ROUTING_IRQCHIP, entry.type());
        assertEquals(0, entry.flags());
        assertEquals(0, entry.pad());
        assertEquals(2, entry.u().irqchip().irqchip());
        assertEquals(9, entry.u().irqchip().pin());
        assertEquals(0, routing.entry(0).type());
    }

    @Test
    void msi() {
        GsiRoutes.toMsi(entry, 30, 0x1_2345_6789L, 0x31);
        assertEquals(KvmConstants.KVM_IRQ_ROUTING_MSI, entry.type());
        assertEquals(0x23456789, entry.u().msi().addressLo());
        assertEquals(1, entry.u().msi().addressHi());
        assertEquals(0x31, entry.u().msi().data());
        assertEquals(0, entry.flags());
    }

    @Test
    void msiOfDevice() {
        GsiRoutes.toMsi(entry, 30, 0, 0x31, 0x108);
        assertEquals(KvmConstants.KVM_MSI_VALID_DEVID, entry.flags());
        assertEquals(0x108, entry.u().msi().devid());
        assertEquals(0x31, entry.u().msi().data());
    }

    @Test
    void hypervSint() {
        GsiRoutes.toHypervSint(entry, 30, 3, 2);
        assertEquals(KvmConstants.KVM_IRQ_ROUTING_HV_SINT, entry.type());
        assertEquals(3, entry.u().hvSint().vcpu());
        assertEquals(2, entry.u().hvSint().sint());
    }

    @Test
    void xenEventChannel() {
        GsiRoutes.toXenEventChannel(entry, 30, 5, 1);
        assertEquals(KvmConstants.KVM_IRQ_ROUTING_XEN_EVTCHN, entry.type());
        assertEquals(5, entry.u().xenEvtchn().port());
        assertEquals(1, entry.u().xenEvtchn().vcpu());
        assertEquals(-1, entry.u().xenEvtchn().priority());
    }
}
