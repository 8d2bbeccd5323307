package io.kvm4j.interrupts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.Kvm;
import io.kvm4j.OpenDescriptors;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vm;
import io.kvm4j.events.EventFd;
import io.kvm4j.uapi.ErrnoException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresKvm
@Timeout(300)
class IrqfdTest {
    private static final int IRQ_4 = InterruptGuest.FIRST_IRQ + 4;
    private static final int IRQ_5 = InterruptGuest.FIRST_IRQ + 5;
    private static final int IRQ_6 = InterruptGuest.FIRST_IRQ + 6;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EventFd event = EventFd.create();
    private final EventFd second = EventFd.create();

    @Test
    void eachSignalInterruptsTheSleepingGuest() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest();
                Irqfd irqfd = Irqfd.edge(guest.vm, event, 4)) {
            for (int i = 0; i < 5; i++) {
                event.signal();
                assertEquals(IRQ_4, guest.next());
            }
            assertEquals(0, guest.untold());
            assertEquals("irqfd for GSI 4", irqfd.toString());
        }
    }

    @Test
    void anIrqfdOutlivesTheEventThatItWasMadeFrom() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest();
                EventFd same = event.duplicate()) {
            Irqfd.edge(guest.vm, event, 4);
            event.close();
            same.signal();
            assertEquals(IRQ_4, guest.next());
        }
    }

    @Test
    void aClosedOneInterruptsNoMore() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest()) {
            Irqfd irqfd = Irqfd.edge(guest.vm, event, 4);
            Irqfd.edge(guest.vm, second, 5);
            irqfd.close();
            irqfd.close();
            event.signal();
            second.signal();
            assertEquals(IRQ_5, guest.next());
            assertEquals(0, guest.untold());
            event.take();
            Irqfd.edge(guest.vm, event, 6);
            event.signal();
            assertEquals(IRQ_6, guest.next());
        }
    }

    @Test
    void aLevelStaysUntilItIsAcknowledgedAndIsThenAskedForAgain() throws InterruptedException {
        try (InterruptGuest guest = new InterruptGuest();
                Irqfd _ = Irqfd.level(guest.vm, event, second, 5)) {
            for (int i = 0; i < 3; i++) {
                assertEquals(0, second.take());
                event.signal();
                assertEquals(IRQ_5, guest.next());
                assertEquals(1, second.await(PATIENCE), "resampled");
            }
            assertEquals(0, guest.untold());
        }
    }

    @Test
    void anEventRaisesOneInterruptOfAVm() throws InterruptedException, IOException {
        try (InterruptGuest guest = new InterruptGuest();
                Irqfd _ = Irqfd.edge(guest.vm, event, 4)) {
            long before = OpenDescriptors.of("eventfd");
            ErrnoException e = assertThrows(ErrnoException.class, () -> Irqfd.edge(guest.vm, event, 5));
            assertEquals("EBUSY", e.errnoName());
            assertThrows(ErrnoException.class, () -> Irqfd.level(guest.vm, event, second, 5));
            assertEquals(before, OpenDescriptors.of("eventfd"));
        }
    }

    @Test
    void withoutAnInterruptControllerTheRemedyIsNamed() throws IOException {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            long before = OpenDescriptors.of("eventfd");
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> Irqfd.edge(vm, event, 4));
            assertEquals(
                    "the VM has no interrupt controller in the kernel: call vm.x86().createIrqchip() before it has vCPUs",
                    e.getMessage());
            assertEquals(before, OpenDescriptors.of("eventfd"));
        }
    }

    @Test
    void theVmClosesItsIrqfds() throws InterruptedException, IOException {
        long before = OpenDescriptors.of("eventfd");
        Irqfd irqfd;
        try (InterruptGuest guest = new InterruptGuest()) {
            irqfd = Irqfd.level(guest.vm, event, second, 5);
            assertEquals(before + 2, OpenDescriptors.of("eventfd"));
        }
        assertEquals(before, OpenDescriptors.of("eventfd"));
        irqfd.close();
    }
}
