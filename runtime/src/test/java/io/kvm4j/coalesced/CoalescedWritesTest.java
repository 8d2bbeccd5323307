package io.kvm4j.coalesced;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Allocations;
import io.kvm4j.RealModeGuest;
import io.kvm4j.RequiresKvm;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmCoalescedMmioRing;
import io.kvm4j.uapi.KvmExit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresKvm
@Timeout(300)
class CoalescedWritesTest {
    /**
     * {@code start: mov ecx, [rdi]; again: mov [rsi], ecx; dec ecx; jnz again; mov [END], al; jmp start}: writes a countdown,
     * and then exits.
     */
    private static final String COUNT_DOWN = "8b 0f 89 0e ff c9 75 fa 88 04 25 00 08 30 00 eb ef";

    /** {@code mov cx, FEW; again: mov ax, cx; out 0x10, ax; loop again; hlt}. */
    private static final String COUNT_DOWN_AT_PORT = "b9 50 00 89 c8 e7 10 e2 fa f4";

    /** Writes that fit in any kernel's ring: Linux 6.1 takes it for full at the 86th. */
    private static final int FEW = 80;

    private static final long ZONE = UserModeGuest.NOTHING;
    private static final int ZONE_SIZE = 0x800;
    private static final long END = ZONE + ZONE_SIZE;
    private static final int PAGE = 4096;

    private final List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    private UserModeGuest guest;
    private Vcpu vcpu;

    @BeforeEach
    void open() {
        guest = new UserModeGuest();
        assumeTrue(
                guest.kvm.checkExtension(Capability.KVM_CAP_COALESCED_MMIO) != 0,
                "this kernel lacks KVM_CAP_COALESCED_MMIO");
        vcpu = countDown(0, FEW);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    private Vcpu countDown(int id, int from) {
        Vcpu counting = guest.vcpu(id, COUNT_DOWN);
        counting.x86().setRegs(r -> r.rsi(ZONE + id * 8L));
        guest.ram.writeInt(counting.x86().regs().rdi(), from);
        return counting;
    }

    private static List<Long> countdown(int from) {
        return LongStream.iterate(from, n -> n > 0, n -> n - 1).boxed().toList();
    }

    private void see(boolean isPort, long address, int length, long value) {
        assertEquals(4, length);
        assertTrue(!isPort && address == ZONE, () -> "0x%x".formatted(address));
        seen.add(value);
    }

    /** Runs to the end of the countdown. Returns how often the guest exited before. */
    private int exits(CoalescedWrites writes) {
        int exits = 0;
        while (true) {
            KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, vcpu.run());
            writes.drain();
            if (mmio.physAddr() == END) {
                return exits;
            }
            see(false, mmio.physAddr(), mmio.len(), mmio.value());
            exits++;
        }
    }

    @Test
    void writesWaitForTheNextExit() {
        CoalescedWrites writes = CoalescedWrites.of(vcpu, this::see);
        CoalescedZone zone = CoalescedZone.ofAddresses(guest.vm, ZONE, ZONE_SIZE);
        assertEquals(0, exits(writes));
        assertEquals(countdown(FEW), seen);
        assertEquals(0, writes.drain());
        zone.close();
        zone.close();
        seen.clear();
        assertEquals(FEW, exits(writes));
        assertEquals(countdown(FEW), seen);
    }

    @Test
    void aFullRingIsAnExitAndNothingIsOutOfOrder() {
        guest.ram.writeInt(vcpu.x86().regs().rdi(), 1000);
        CoalescedWrites writes = CoalescedWrites.of(vcpu, this::see);
        CoalescedZone.ofAddresses(guest.vm, ZONE, ZONE_SIZE);
        int exits = exits(writes);
        assertTrue(exits > 0 && exits < 20, () -> exits + " exits");
        assertEquals(countdown(1000), seen);
    }

    @Test
    void portsToo() {
        try (RealModeGuest ports = new RealModeGuest(COUNT_DOWN_AT_PORT)) {
            assumeTrue(
                    ports.vm.checkExtension(Capability.KVM_CAP_COALESCED_PIO) != 0,
                    "this kernel lacks KVM_CAP_COALESCED_PIO");
            CoalescedWrites writes = CoalescedWrites.of(ports.vcpu, (isPort, address, length, value) -> {
                assertTrue(isPort && address == 0x10 && length == 2);
                seen.add(value);
            });
            CoalescedZone zone = CoalescedZone.ofPorts(ports.vm, 0x10, 2);
            assertEquals("coalesced ports [0x10, 0x12)", zone.toString());
            ports.run(KvmExit.Hlt.class);
            assertEquals(FEW, writes.drain());
            assertEquals(countdown(FEW), seen);
        }
    }

    @Test
    void vcpusShareTheRing() throws Exception {
        Vcpu second = countDown(1, 3000);
        guest.ram.writeInt(vcpu.x86().regs().rdi(), 3000);
        List<List<Long>> byVcpu = List.of(new ArrayList<>(), new ArrayList<>());
        CoalescedWrites writes = CoalescedWrites.of(
                vcpu,
                (_, address, _, value) -> byVcpu.get((int) (address - ZONE) / 8).add(value));
        CoalescedZone.ofAddresses(guest.vm, ZONE, ZONE_SIZE);
        for (Vcpu each : List.of(vcpu, second)) {
            each.start(cpu -> untilTheEnd(cpu, writes, byVcpu.get(each.id())));
        }
        guest.vm.threads().join();
        writes.drain();
        assertEquals(List.of(countdown(3000), countdown(3000)), byVcpu);
    }

    private static void untilTheEnd(VcpuThread cpu, CoalescedWrites writes, List<Long> own) {
        while (cpu.run()) {
            writes.drain();
            switch (cpu.exit()) {
                case KvmExit.Mmio mmio
                when mmio.physAddr() == END -> {
                    return;
                }
                case KvmExit.Mmio mmio -> own.add(mmio.value());
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    /** The ring's page once more, as if this were KVM. */
    private KvmCoalescedMmioRing ring() {
        long offset = (long) guest.vm.checkExtension(Capability.KVM_CAP_COALESCED_MMIO) * PAGE;
        return KvmCoalescedMmioRing.of(
                Mapping.shared(vcpu.fd(), "ring", offset, PAGE).segment());
    }

    @Test
    void aRingThatNeverEmptiesDoesNotKeepTheReader() {
        KvmCoalescedMmioRing ring = ring();
        CoalescedWrites writes = CoalescedWrites.of(vcpu, (_, _, _, _) -> ring.last((ring.last() + 1) % 170));
        ring.last(1);
        assertEquals(170, writes.drain());
        assertEquals(170, writes.drain());
    }

    @Test
    void aDamagedRingIsRefused() {
        KvmCoalescedMmioRing ring = ring();
        CoalescedWrites writes = CoalescedWrites.of(vcpu, (_, _, _, _) -> seen.add(1L));
        for (int index : new int[] {170, Integer.MAX_VALUE, -1}) {
            ring.first(0).last(index);
            assertThrows(IllegalStateException.class, writes::drain);
            ring.first(index).last(0);
            assertThrows(IllegalStateException.class, writes::drain);
        }
        assertEquals(List.of(), seen);
    }

    @Test
    void aHandlerThatDrainsGetsNone() {
        List<Integer> inner = new ArrayList<>();
        CoalescedWrites[] writes = new CoalescedWrites[1];
        writes[0] = CoalescedWrites.of(vcpu, (_, _, _, _) -> inner.add(writes[0].drain()));
        CoalescedZone.ofAddresses(guest.vm, ZONE, ZONE_SIZE);
        vcpu.run();
        assertEquals(FEW, writes[0].drain());
        assertEquals(Collections.nCopies(FEW, 0), inner);
    }

    @Test
    void zonesThatKvmCouldNotTellApart() {
        CoalescedZone zone = CoalescedZone.ofAddresses(guest.vm, ZONE, ZONE_SIZE);
        CoalescedZone.ofAddresses(guest.vm, END, 8).close();
        CoalescedZone.ofPorts(guest.vm, 0x10, 1);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> CoalescedZone.ofAddresses(guest.vm, ZONE + 8, 8));
        assertEquals(
                "coalesced addresses [0x300008, 0x300010) overlaps coalesced addresses [0x300000, 0x300800),"
                        + " and KVM could end neither alone",
                e.getMessage());
        zone.close();
        CoalescedZone.ofAddresses(guest.vm, ZONE + 8, 8);
        IntStream.of(0, -1)
                .forEach(size -> assertThrows(
                        IllegalArgumentException.class, () -> CoalescedZone.ofAddresses(guest.vm, ZONE, size)));
        assertThrows(IllegalArgumentException.class, () -> CoalescedZone.ofAddresses(guest.vm, Long.MAX_VALUE, 8));
        assertThrows(IllegalArgumentException.class, () -> CoalescedZone.ofPorts(guest.vm, 0xffff, 2));
        assertThrows(IllegalArgumentException.class, () -> CoalescedZone.ofPorts(guest.vm, -1, 2));
    }

    @Test
    void oneReaderPerVmAndUntilItIsClosed() {
        CoalescedWrites writes = CoalescedWrites.of(vcpu, this::see);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> CoalescedWrites.of(vcpu, this::see));
        assertEquals("the VM's coalesced writes are taken already: a VM has one ring", e.getMessage());
        writes.close();
        assertThrows(IllegalStateException.class, writes::drain);
        CoalescedWrites second = CoalescedWrites.of(vcpu, this::see);
        guest.vm.close();
        assertThrows(IllegalStateException.class, second::drain);
    }

    @Test
    void drainingAllocatesNothing() {
        long[] sum = new long[1];
        CoalescedWrites writes = CoalescedWrites.of(vcpu, (_, _, _, value) -> sum[0] += value);
        CoalescedZone.ofAddresses(guest.vm, ZONE, ZONE_SIZE);
        Allocations.assertNone(500, () -> {
            for (int i = 0; i < 500; i++) {
                vcpu.run();
                writes.drain();
            }
        });
        assertTrue(sum[0] > 0);
    }
}
