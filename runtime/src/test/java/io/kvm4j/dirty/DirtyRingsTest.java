package io.kvm4j.dirty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Allocations;
import io.kvm4j.MemorySlot;
import io.kvm4j.RequiresKvm;
import io.kvm4j.SignalStorm;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmDirtyGfn;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.X86Constants;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresKvm
@Timeout(300)
class DirtyRingsTest {
    private static final int ENTRIES = 1024;
    private static final int CALLS = 1_000;
    private static final int WIDE_PAGES = 3072;
    private static final int ROUNDS = 20;
    private static final int VCPUS = 3;

    /** More exits for a full ring in a row than there can be pages. */
    private static final int MANY = 10_000;

    /** {@code again: mov [rdi], al; mov [NOTHING], al; jmp again}. */
    private static final String WRITE_AND_EXIT = "88 07 88 04 25 00 00 30 00 eb f5";

    private UserModeGuest guest;

    @BeforeEach
    void open() {
        guest = new UserModeGuest();
        assumeTrue(
                guest.vm.checkExtension(Capability.KVM_CAP_DIRTY_LOG_RING) != 0,
                "this kernel lacks KVM_CAP_DIRTY_LOG_RING");
    }

    @AfterEach
    void close() {
        guest.close();
    }

    @Test
    void aFullRingIsAnExitUntilItIsHarvested() {
        DirtyRings rings = DirtyRings.enable(guest.vm, ENTRIES);
        MemorySlot slot = WritingGuest.addPages(guest);
        Vcpu vcpu = WritingGuest.writer(guest);
        SortedSet<Long> pages = WritingGuest.randomPages(new Random(1), 1000);
        KvmExit exit = WritingGuest.begin(guest, vcpu, pages);
        assertInstanceOf(KvmExit.DirtyRingFull.class, exit);
        assertInstanceOf(KvmExit.DirtyRingFull.class, vcpu.run());
        int harvested = 0;
        for (int i = 0; exit instanceof KvmExit.DirtyRingFull && i < 1000; i++) {
            harvested += rings.harvest();
            exit = vcpu.run();
        }
        WritingGuest.assertWritten(exit);
        assertTrue(harvested > 0 && harvested < 1000, harvested + " of 1000 before the end");
        assertEquals(pages, WritingGuest.listed(rings.take(slot)));
        assertEquals(0, rings.harvest());
    }

    @Test
    void signalsNeitherKeepARingFullNorLosePages() {
        DirtyRings rings = DirtyRings.enable(guest.vm, ENTRIES);
        MemorySlot slot = addWideSlot();
        Vcpu vcpu = guest.vcpu(0, UserModeGuest.WRITE_PAGES);
        long rip = vcpu.x86().regs().rip();
        try (SignalStorm _ = SignalStorm.overCurrentThread(Duration.ofNanos(100_000))) {
            for (int round = 0; round < ROUNDS; round++) {
                vcpu.x86().setRegs(r -> r.rip(rip).rdi(UserModeGuest.WIDE).rcx(WIDE_PAGES));
                Set<Long> pages = new TreeSet<>();
                WritingGuest.assertWritten(runAndTake(vcpu, rings, slot, pages));
                assertEquals(WIDE_PAGES, pages.size(), "pages of round " + round);
            }
        }
    }

    /** Runs a vCPU until it exits for another reason than a full ring, and collects the pages that it writes. */
    private static KvmExit runAndTake(Vcpu vcpu, DirtyRings rings, MemorySlot slot, Set<Long> pages) {
        KvmExit exit = vcpu.run();
        for (int full = 0; exit instanceof KvmExit.DirtyRingFull; full++) {
            assertTrue(full < MANY, "the ring stays full");
            pages.addAll(WritingGuest.listed(rings.take(slot)));
            exit = vcpu.run();
        }
        pages.addAll(WritingGuest.listed(rings.take(slot)));
        return exit;
    }

    private MemorySlot addWideSlot() {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.WIDE, (long) WIDE_PAGES * WritingGuest.PAGE);
        slot.logDirtyPages(true);
        return slot;
    }

    @Test
    void signalsLoseNoPagesOfSeveralVcpusThatCollectForThemselves() throws Exception {
        DirtyRings rings = DirtyRings.enable(guest.vm, ENTRIES);
        MemorySlot slot = addWideSlot();
        int each = WIDE_PAGES / VCPUS;
        Set<Long> pages = new ConcurrentSkipListSet<>();
        List<VcpuThread> threads = new ArrayList<>();
        for (int id = 0; id < VCPUS; id++) {
            Vcpu vcpu = guest.vcpu(id, UserModeGuest.WRITE_PAGES);
            long start = UserModeGuest.WIDE + (long) id * each * WritingGuest.PAGE;
            vcpu.x86().setRegs(r -> r.rdi(start).rcx(each));
            threads.add(vcpu.start(cpu -> writeAndTake(cpu, rings, slot, pages)));
        }
        for (VcpuThread thread : threads) {
            thread.join();
        }
        pages.addAll(WritingGuest.listed(rings.take(slot)));
        assertEquals(each * VCPUS, pages.size());
    }

    /** Runs the guest to its end. What is taken is read under the rings' lock: another vCPU may take at the same time. */
    private static void writeAndTake(VcpuThread cpu, DirtyRings rings, MemorySlot slot, Set<Long> pages) {
        try (SignalStorm _ = SignalStorm.overCurrentThread(Duration.ofNanos(100_000))) {
            for (int full = 0; cpu.run() && cpu.exit() instanceof KvmExit.DirtyRingFull; full++) {
                assertTrue(full < MANY, "the ring stays full");
                synchronized (rings) {
                    pages.addAll(WritingGuest.listed(rings.take(slot)));
                }
            }
            WritingGuest.assertWritten(cpu.exit());
        }
    }

    @Test
    void slotsAreToldApartAlsoWhenTheyAreNew() {
        DirtyRings rings = DirtyRings.enable(guest.vm, ENTRIES);
        MemorySlot slot = WritingGuest.addPages(guest);
        Vcpu vcpu = WritingGuest.writer(guest);
        MemorySlot untouched = guest.vm.addMemory(UserModeGuest.FREE, 0x10000);
        untouched.logDirtyPages(true);
        WritingGuest.write(guest, vcpu, WritingGuest.randomPages(new Random(1), 10));
        assertEquals(0, rings.take(untouched).count());
        assertEquals(10, rings.take(slot).count());
        WritingGuest.write(guest, vcpu, WritingGuest.randomPages(new Random(2), 10));
        slot.close();
        MemorySlot next = WritingGuest.addPages(guest);
        assertEquals(slot.number(), next.number());
        SortedSet<Long> pages = WritingGuest.randomPages(new Random(3), 20);
        rings.harvest();
        rings.take(next);
        WritingGuest.write(guest, vcpu, pages);
        assertEquals(pages, WritingGuest.listed(rings.take(next)));
        assertThrows(IllegalStateException.class, () -> rings.take(slot));
        try (UserModeGuest other = new UserModeGuest()) {
            assertThrows(IllegalArgumentException.class, () -> rings.take(other.ram));
        }
    }

    @Test
    void damagedEntriesAreNoPages() {
        DirtyRings rings = DirtyRings.enable(guest.vm, ENTRIES);
        MemorySlot slot = WritingGuest.addPages(guest);
        Vcpu vcpu = WritingGuest.writer(guest);
        long size = KvmDirtyGfn.LAYOUT.byteSize();
        long offset = X86Constants.KVM_DIRTY_LOG_PAGE_OFFSET * 4096L;
        try (Mapping mapping = Mapping.shared(vcpu.fd(), "ring", offset, ENTRIES * size)) {
            MemorySegment ring = mapping.segment();
            WritingGuest.write(guest, vcpu, new TreeSet<>(WritingGuest.randomPages(new Random(1), 4)));
            KvmDirtyGfn.of(ring.asSlice(0, size)).offset(-1);
            KvmDirtyGfn.of(ring.asSlice(size, size)).offset(WritingGuest.PAGES);
            KvmDirtyGfn.of(ring.asSlice(2 * size, size)).slot(0x7fff);
            KvmDirtyGfn.of(ring.asSlice(3 * size, size)).slot(-1);
        }
        assertEquals(4, rings.harvest());
        assertEquals(0, rings.take(slot).count());
    }

    @Test
    void ringsThatCannotBe() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> DirtyRings.enable(guest.vm, 1000));
        assertTrue(e.getMessage().startsWith("a dirty ring of 1000 entries: it has a power of two"), e::getMessage);
        assertThrows(IllegalArgumentException.class, () -> DirtyRings.enable(guest.vm, 0));
        assertThrows(IllegalArgumentException.class, () -> DirtyRings.enable(guest.vm, Integer.MIN_VALUE));
        assertThrows(IllegalArgumentException.class, () -> DirtyRings.enable(guest.vm, 1 << 30));
        guest.vcpu(0, UserModeGuest.COUNT);
        IllegalStateException late =
                assertThrows(IllegalStateException.class, () -> DirtyRings.enable(guest.vm, ENTRIES));
        assertEquals(
                "KVM takes no dirty rings of 1024 entries: the VM has a vCPU already, or they are too few",
                late.getMessage());
    }

    @Test
    void aVmHasOneSetAndThenNoBitmap() {
        DirtyRings.enable(guest.vm, ENTRIES);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> DirtyRings.enable(guest.vm, ENTRIES));
        assertEquals("the VM has dirty rings already", e.getMessage());
        DirtyBitmap bitmap = DirtyBitmap.of(WritingGuest.addPages(guest));
        assertEquals("ENXIO", assertThrows(ErrnoException.class, bitmap::read).errnoName());
    }

    @Test
    void theVmUnmapsTheRings() throws IOException {
        long before = vcpuMappings();
        DirtyRings rings = DirtyRings.enable(guest.vm, ENTRIES);
        guest.vcpu(0, UserModeGuest.COUNT);
        guest.vcpu(1, UserModeGuest.COUNT).close();
        assertTrue(vcpuMappings() > before);
        guest.vm.close();
        assertEquals(before, vcpuMappings());
        assertThrows(IllegalStateException.class, rings::harvest);
        rings.close();
    }

    private static long vcpuMappings() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(l -> l.contains("kvm-vcpu")).count();
        }
    }

    @Test
    void harvestingAllocatesNothing() {
        DirtyRings rings = DirtyRings.enable(guest.vm, ENTRIES);
        MemorySlot slot = WritingGuest.addPages(guest);
        Vcpu vcpu = guest.vcpu(0, WRITE_AND_EXIT);
        vcpu.x86().setRegs(r -> r.rdi(UserModeGuest.WIDE));
        Allocations.assertNone(CALLS, () -> {
            for (int i = 0; i < CALLS; i++) {
                vcpu.run();
                assertEquals(1, rings.take(slot).count());
            }
        });
    }
}
