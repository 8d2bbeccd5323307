package io.kvm4j.interrupts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vm;
import io.kvm4j.events.EventFd;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.x86_64.IrqchipId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** VMs whose local APICs are in the kernel, and nothing else of the interrupt controllers. */
@RequiresKvm
@Timeout(300)
class SplitIrqchipTest {
    private static final int PINS = 24;

    private final Kvm kvm = Kvm.open();
    private final Vm vm = kvm.createVm();
    private final EventFd event = EventFd.create();
    private final EventFd resample = EventFd.create();

    @BeforeEach
    void needsIt() {
        assumeTrue(vm.checkExtension(Capability.KVM_CAP_SPLIT_IRQCHIP) != 0, "this kernel lacks KVM_CAP_SPLIT_IRQCHIP");
    }

    @AfterEach
    void close() {
        vm.close();
        kvm.close();
        event.close();
        resample.close();
    }

    @Test
    void messagesAndRoutedEventsReachTheGuest() throws InterruptedException {
        try (InterruptGuest guest = InterruptGuest.withSplitIrqchip(PINS)) {
            assertTrue(Msi.toApic(0, 0x41).signal(guest.vm));
            assertEquals(0x41, guest.next());
            GsiRouting.empty().with(new GsiRoute.ToMsi(4, Msi.toApic(0, 0x51))).setOn(guest.vm);
            try (Irqfd _ = Irqfd.edge(guest.vm, event, 4)) {
                event.signal();
                assertEquals(0x51, guest.next());
            }
        }
    }

    @Test
    void whatNeedsAPinIsRefusedWithTheReason() {
        vm.x86().createSplitIrqchip(PINS);
        GsiRouting toPin = GsiRouting.empty().with(new GsiRoute.ToPin(4, IrqchipId.KVM_IRQCHIP_IOAPIC, 4));
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> toPin.setOn(vm));
        assertEquals(
                "a route to a pin needs a PIC or I/O APIC in the kernel, and the VM's split interrupt controller has none:"
                        + " route the interrupt to a message (GsiRoute.ToMsi), or use createIrqchip()",
                e.getMessage());
        e = assertThrows(IllegalStateException.class, () -> Irqfd.level(vm, event, resample, 4));
        assertTrue(
                e.getMessage()
                        .startsWith("a level-triggered interrupt for GSI 4 needs a PIC or I/O APIC in the kernel"),
                e::getMessage);
    }

    @Test
    void withoutAnyControllerTheRemedyIsNamed() {
        for (Runnable use : new Runnable[] {
            () -> Msi.toApic(0, 0x41).signal(vm),
            () -> Irqfd.edge(vm, event, 4),
            () -> Irqfd.level(vm, event, resample, 4),
            () -> GsiRouting.ofPc().setOn(vm)
        }) {
            IllegalStateException e = assertThrows(IllegalStateException.class, use::run);
            assertEquals(
                    "the VM has no interrupt controller in the kernel: call vm.x86().createIrqchip() before it has vCPUs",
                    e.getMessage());
        }
    }

    @Test
    void itIsRefusedWhereItComesTooLate() {
        vm.x86().createSplitIrqchip(0);
        IllegalStateException again =
                assertThrows(IllegalStateException.class, () -> vm.x86().createSplitIrqchip(0));
        assertEquals(
                "the VM has an interrupt controller or a vCPU already: create the split controller before either",
                again.getMessage());
        try (Vm other = kvm.createVm()) {
            other.createVcpu(0);
            assertThrows(IllegalStateException.class, () -> other.x86().createSplitIrqchip(0));
        }
    }

    @Test
    void numbersOfRoutesThatKvmDoesNotHaveAreRefused() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> vm.x86().createSplitIrqchip(1 << 20));
        assertTrue(
                e.getMessage().startsWith("1048576 routes for the I/O APIC of the VMM: there can be 0 to "),
                e::getMessage);
        assertThrows(IllegalArgumentException.class, () -> vm.x86().createSplitIrqchip(-1));
    }
}
