package io.kvm4j.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.OpenDescriptors;
import io.kvm4j.RealModeGuest;
import io.kvm4j.RequiresKvm;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmExit;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests that ring doorbells: what is counted here is also what does not come back from KVM_RUN. */
@RequiresKvm
@Timeout(300)
class IoeventfdTest {
    private static final int RINGS = 100;

    /** {@code mov cx, 100; mov ax, 0x1234; again: out 0x10, ax; loop again; hlt}. */
    private static final String RING_PORT = "b9 64 00 b8 34 12 e7 10 e2 fc f4";

    /**
     * {@code mov ecx, 100; mov eax, 0x1234; again: mov [NOTHING + 0x10], eax; dec ecx; jnz again; mov [NOTHING], al; again:
     * jmp again}.
     */
    private static final String RING_ADDRESS =
            "b9 64 00 00 00 b8 34 12 00 00 89 04 25 10 00 30 00 ff c9 75 f5 88 04 25 00 00 30 00 eb fe";

    private static final long BELL = UserModeGuest.NOTHING + 0x10;

    private final EventFd event = EventFd.create();

    /** Runs to the end. Returns how many writes came back from KVM_RUN. */
    private static int exitsOfPort(RealModeGuest guest) {
        int exits = 0;
        while (true) {
            switch (guest.vcpu.run()) {
                case KvmExit.Io io when io.isOut() && io.port() == 0x10 -> exits++;
                case KvmExit.Hlt _ -> {
                    return exits;
                }
                case KvmExit other -> throw new AssertionError(other);
            }
        }
    }

    private static int exitsOfAddress(Vcpu vcpu) {
        int exits = 0;
        while (true) {
            switch (vcpu.run()) {
                case KvmExit.Mmio mmio when mmio.physAddr() == BELL -> exits++;
                case KvmExit.Mmio mmio
                when mmio.physAddr() == UserModeGuest.NOTHING -> {
                    return exits;
                }
                case KvmExit other -> throw new AssertionError(other);
            }
        }
    }

    private int exitsOfPort(GuestWrite write) {
        try (RealModeGuest guest = new RealModeGuest(RING_PORT);
                Ioeventfd _ = Ioeventfd.on(guest.vm, write, event)) {
            return exitsOfPort(guest);
        }
    }

    private int exitsOfAddress(GuestWrite write) {
        try (UserModeGuest guest = new UserModeGuest();
                Ioeventfd _ = Ioeventfd.on(guest.vm, write, event)) {
            return exitsOfAddress(guest.vcpu(0, RING_ADDRESS));
        }
    }

    @Test
    void aPortRingsWithoutAnyExit() {
        assertEquals(0, exitsOfPort(GuestWrite.toPort(0x10)));
        assertEquals(RINGS, event.take());
    }

    @Test
    void anAddressRingsWithoutAnyExit() {
        assertEquals(0, exitsOfAddress(GuestWrite.toAddress(BELL)));
        assertEquals(RINGS, event.take());
    }

    @Test
    void onlyWritesOfTheWidthRing() {
        assertEquals(0, exitsOfPort(GuestWrite.toPort(0x10).ofBytes(2)));
        assertEquals(RINGS, event.take());
        assertEquals(RINGS, exitsOfPort(GuestWrite.toPort(0x10).ofBytes(4)));
        assertEquals(0, event.take());
        assertEquals(0, exitsOfAddress(GuestWrite.toAddress(BELL).ofBytes(4)));
        assertEquals(RINGS, event.take());
        assertEquals(RINGS, exitsOfAddress(GuestWrite.toAddress(BELL).ofBytes(8)));
        assertEquals(0, event.take());
    }

    @Test
    void aPortTakesABellForEightBytesThatNoWriteRings() {
        GuestWrite eight = GuestWrite.toPort(0x10).ofBytes(8);
        assertEquals(RINGS, exitsOfPort(eight));
        assertEquals(RINGS, exitsOfPort(eight.withValue(0xdead_beef_dead_beefL)));
        assertEquals(0, event.take());
    }

    @Test
    void onlyWritesOfTheValueRing() {
        assertEquals(0, exitsOfPort(GuestWrite.toPort(0x10).ofBytes(2).withValue(0x1234)));
        assertEquals(RINGS, event.take());
        assertEquals(RINGS, exitsOfPort(GuestWrite.toPort(0x10).ofBytes(2).withValue(0x1235)));
        assertEquals(0, event.take());
        assertEquals(0, exitsOfAddress(GuestWrite.toAddress(BELL).ofBytes(4).withValue(0x1234)));
        assertEquals(RINGS, event.take());
        assertEquals(RINGS, exitsOfAddress(GuestWrite.toAddress(BELL).ofBytes(4).withValue(0)));
        assertEquals(0, event.take());
    }

    @Test
    void writesComeBackOnceItIsClosed() {
        try (RealModeGuest guest = new RealModeGuest(RING_PORT)) {
            Ioeventfd bell = Ioeventfd.on(guest.vm, GuestWrite.toPort(0x10), event);
            bell.close();
            bell.close();
            assertEquals(RINGS, exitsOfPort(guest));
            assertEquals(0, event.take());
        }
    }

    @Test
    void theBellOutlivesTheEventThatItWasMadeFrom() {
        try (EventFd same = event.duplicate();
                RealModeGuest guest = new RealModeGuest(RING_PORT)) {
            Ioeventfd bell = Ioeventfd.on(guest.vm, GuestWrite.toPort(0x10), event);
            event.close();
            assertEquals(0, exitsOfPort(guest));
            assertEquals(RINGS, same.take());
            bell.close();
            guest.vcpu.x86().setRegs(r -> r.rip(RealModeGuest.START));
            assertEquals(RINGS, exitsOfPort(guest));
        }
    }

    @Test
    void twoBellsOfOneWriteAreRefused() throws IOException {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            GuestWrite write = GuestWrite.toPort(0x10).ofBytes(1).withValue(5);
            Ioeventfd.on(guest.vm, write, event);
            long before = OpenDescriptors.of("eventfd");
            ErrnoException e = assertThrows(ErrnoException.class, () -> Ioeventfd.on(guest.vm, write, event));
            assertEquals("EEXIST", e.errnoName());
            assertEquals(before, OpenDescriptors.of("eventfd"));
            Ioeventfd other = Ioeventfd.on(guest.vm, write.withValue(6), event);
            assertEquals("ioeventfd for writes of 0x6 of 1 bytes to port 0x10", other.toString());
        }
    }

    @Test
    void theVmClosesItsBells() throws IOException {
        long before = OpenDescriptors.of("eventfd");
        RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT);
        Ioeventfd bell = Ioeventfd.on(guest.vm, GuestWrite.toPort(0x10), event);
        assertEquals(before + 1, OpenDescriptors.of("eventfd"));
        guest.close();
        assertEquals(before, OpenDescriptors.of("eventfd"));
        bell.close();
        assertThrows(IllegalStateException.class, () -> Ioeventfd.on(guest.vm, GuestWrite.toPort(0x10), event));
        assertEquals(before, OpenDescriptors.of("eventfd"));
    }

    @Test
    void writesThatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> GuestWrite.toPort(0x10000));
        assertThrows(IllegalArgumentException.class, () -> GuestWrite.toPort(-1));
        assertThrows(IllegalArgumentException.class, () -> GuestWrite.toPort(1).ofBytes(16));
        assertThrows(
                IllegalArgumentException.class, () -> GuestWrite.toAddress(1).ofBytes(3));
        assertThrows(
                IllegalArgumentException.class, () -> GuestWrite.toAddress(1).ofBytes(-8));
        assertThrows(
                IllegalArgumentException.class, () -> GuestWrite.toAddress(1).withValue(1));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> GuestWrite.toAddress(1).ofBytes(2).withValue(0x10000));
        assertEquals("0x10000 does not fit into 2 bytes", e.getMessage());
        GuestWrite.toAddress(1).ofBytes(8).withValue(-1);
    }
}
