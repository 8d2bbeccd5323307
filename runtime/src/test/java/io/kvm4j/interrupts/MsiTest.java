package io.kvm4j.interrupts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Allocations;
import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresKvm
@Timeout(300)
class MsiTest {
    private static final int CALLS = 10_000;

    @Test
    void interruptsTheGuest() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest()) {
            assertTrue(Msi.toApic(0, 0x41).signal(guest.vm));
            assertEquals(0x41, guest.next());
            assertTrue(Msi.of(0xfee00000L, 0x51).signal(guest.vm));
            assertEquals(0x51, guest.next());
            assertEquals(0, guest.untold());
        }
    }

    @Test
    void tellsThatNobodyIsMeant() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest()) {
            assertFalse(Msi.toApic(9, 0x41).signal(guest.vm));
            assertEquals(0, guest.untold());
        }
    }

    @Test
    void withoutAnInterruptControllerTheRemedyIsNamed() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            Msi msi = Msi.toApic(0, 0x41);
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> msi.signal(vm));
            assertTrue(e.getMessage().contains("createIrqchip()"), e::getMessage);
        }
    }

    @Test
    void areEqualIfTheySayTheSame() {
        assertEquals(Msi.of(0xfee01000L, 0x41), Msi.toApic(1, 0x41));
        assertEquals(Msi.of(0xfee01000L, 0x41).hashCode(), Msi.toApic(1, 0x41).hashCode());
        assertNotEquals(Msi.ofDevice(1, 0xfee01000L, 0x41), Msi.toApic(1, 0x41));
        assertEquals(
                "MSI 0x41 to 0xfee01000 of device 0x1",
                Msi.ofDevice(1, 0xfee01000L, 0x41).toString());
        assertEquals(Msi.of(0x12345600_fee78000L, 0x41), Msi.toApic(0x12345678, 0x41));
        assertThrows(IllegalArgumentException.class, () -> Msi.toApic(-1, 0x41));
        assertThrows(IllegalArgumentException.class, () -> Msi.toApic(0, 15));
    }

    @Test
    void deliveryAllocatesNothing() throws InterruptedException {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            vm.x86().createIrqchip();
            vm.createVcpu(0);
            Msi msi = Msi.toApic(0, 0x41);
            Allocations.assertNone(CALLS, () -> deliver(msi, vm));
        }
    }

    private static void deliver(Msi msi, Vm vm) {
        for (int i = 0; i < CALLS; i++) {
            msi.signal(vm);
        }
    }
}
