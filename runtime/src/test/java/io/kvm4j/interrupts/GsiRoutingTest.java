package io.kvm4j.interrupts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vm;
import io.kvm4j.events.EventFd;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.x86_64.IrqchipId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresKvm
@Timeout(300)
class GsiRoutingTest {
    private static final GsiRoute TO_IRQ_5 = new GsiRoute.ToPin(30, IrqchipId.KVM_IRQCHIP_PIC_MASTER, 5);
    private static final GsiRoute TO_VECTOR = new GsiRoute.ToMsi(40, Msi.toApic(0, 0x51));

    private final EventFd event = EventFd.create();
    private final EventFd second = EventFd.create();

    @Test
    void aRouteGoesToAPin() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest()) {
            GsiRouting.empty().with(TO_IRQ_5).setOn(guest.vm);
            Irqfd.edge(guest.vm, event, 30);
            event.signal();
            assertEquals(InterruptGuest.FIRST_IRQ + 5, guest.next());
        }
    }

    @Test
    void aRouteGoesToAMessage() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest()) {
            GsiRouting.empty().with(TO_VECTOR).setOn(guest.vm);
            Irqfd.edge(guest.vm, event, 40);
            event.signal();
            assertEquals(0x51, guest.next());
        }
    }

    @Test
    void itReplacesAllThatTheVmHad() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest()) {
            GsiRouting first = GsiRouting.ofPc().with(TO_IRQ_5);
            first.setOn(guest.vm);
            Irqfd.edge(guest.vm, event, 4);
            Irqfd.edge(guest.vm, second, 30);
            event.signal();
            assertEquals(InterruptGuest.FIRST_IRQ + 4, guest.next());
            first.without(4).setOn(guest.vm);
            event.signal();
            second.signal();
            assertEquals(InterruptGuest.FIRST_IRQ + 5, guest.next());
            assertEquals(0, guest.untold());
            first.without(30).with(new GsiRoute.ToMsi(30, Msi.toApic(0, 0x61))).setOn(guest.vm);
            second.signal();
            assertEquals(0x61, guest.next());
        }
    }

    @Test
    void routesThatExcludeEachOther() {
        GsiRouting pc = GsiRouting.ofPc();
        assertEquals(40, pc.routes().size());
        assertThrows(IllegalArgumentException.class, () -> pc.with(new GsiRoute.ToMsi(4, Msi.toApic(0, 0x41))));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> pc.with(new GsiRoute.ToPin(4, IrqchipId.KVM_IRQCHIP_IOAPIC, 5)));
        assertEquals(
                "KVM does not take ToPin[gsi=4, chip=KVM_IRQCHIP_IOAPIC, pin=5]"
                        + " beside ToPin[gsi=4, chip=KVM_IRQCHIP_IOAPIC, pin=4]",
                e.getMessage());
        pc.without(4).with(new GsiRoute.ToMsi(4, Msi.toApic(0, 0x41)));
    }

    @Test
    void whatKvmRefuses() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            GsiRouting routing = GsiRouting.empty().with(TO_IRQ_5);
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> routing.setOn(vm));
            assertEquals(
                    "the VM has no interrupt controller in the kernel: call vm.x86().createIrqchip() before it has vCPUs",
                    e.getMessage());
            vm.x86().createIrqchip();
            routing.setOn(vm);
            GsiRouting pinTooHigh = routing.with(new GsiRoute.ToPin(31, IrqchipId.KVM_IRQCHIP_IOAPIC, 24));
            assertEquals(
                    "EINVAL",
                    assertThrows(ErrnoException.class, () -> pinTooHigh.setOn(vm))
                            .errnoName());
            GsiRouting gsiTooHigh = routing.with(new GsiRoute.ToMsi(1 << 20, Msi.toApic(0, 0x41)));
            assertThrows(IllegalArgumentException.class, () -> gsiTooHigh.setOn(vm));
            GsiRouting.empty().setOn(vm);
        }
    }
}
