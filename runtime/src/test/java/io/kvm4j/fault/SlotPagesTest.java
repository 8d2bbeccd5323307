package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.MemoryRegionFlag;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pager knows of a slot what the slot knows of its memory, and finds out at start what it was told wrongly. */
@RequiresKvm
@RequiresUserfaultfd
@Timeout(300)
class SlotPagesTest {
    private static final int HUGE = 2 << 20;
    private static final long GPA = 1L << 30;

    /** {@code mov byte [0x9234], 0x77; mov al, [0x9234]; out 0x10, al; hlt}. */
    private static final String WRITE_AND_READ = "c6 06 34 92 77 a0 34 92 e6 10 f4";

    private final Pattern pattern = new Pattern();
    private final RecordingGuest guest = new RecordingGuest();
    private Kvm kvm;
    private Vm vm;

    @BeforeEach
    void open() {
        kvm = Kvm.open();
        vm = kvm.createVm();
    }

    @AfterEach
    void close() {
        vm.close();
        kvm.close();
    }

    private MemorySlot hugeSlot(long gpa) {
        try {
            return vm.addMemory(gpa, MemoryBacking.hugePages(2L * HUGE, HUGE));
        } catch (IllegalStateException | IllegalArgumentException e) {
            return abort("no huge pages to spare: " + e.getMessage());
        }
    }

    private static MemorySegment hugeMemory() {
        MemorySegment memory = HostMemory.huge(2L * HUGE);
        assumeTrue(memory != null, "no huge pages to spare: sysctl vm.nr_hugepages=2");
        return memory;
    }

    private DemandPager.Builder builder() {
        return DemandPager.builder(pattern).guest(guest);
    }

    private DemandPager start(MemorySlot... slots) {
        return builder().slots(slots).start();
    }

    /** Touches two pages of a slot, far from one another, and sees that each has the content of its address. */
    private static void assertPaged(DemandPager pager, MemorySlot slot) throws Exception {
        long last = slot.size() / PAGE - 1;
        for (long page : new long[] {1, last}) {
            byte[] seen =
                    Rig.get(Rig.start(() -> HostMemory.readAt(slot.segment().address() + page * PAGE, PAGE)));
            byte[] expected = new byte[PAGE];
            for (int i = 0; i < PAGE; i++) {
                expected[i] = Pattern.byteAt(slot.gpa() + page * PAGE + i);
            }
            assertArrayEquals(expected, seen, "page " + page);
        }
        pager.handler().ensure(slot.gpa(), slot.size());
        assertEquals(0, pager.missingPages());
    }

    @Test
    void aSlotOfHugePagesIsPagedByItsPages() throws Exception {
        MemorySlot slot = hugeSlot(GPA);
        assertEquals(HUGE, PagedRegion.of(slot).pageSize());
        try (DemandPager pager = start(slot)) {
            assertEquals(2, pager.missingPages());
            assertPaged(pager, slot);
        }
        slot.close();
        MemorySlot other = hugeSlot(GPA);
        try (DemandPager pager = builder().region(PagedRegion.of(other)).start()) {
            assertPaged(pager, other);
        }
    }

    /** The pager's threads have room for small pages by then. */
    @Test
    void aSlotOfHugePagesMayBeAddedLater() throws Exception {
        MemorySlot small = vm.addMemory(0x10000, 4L * PAGE);
        try (DemandPager pager = builder().background(true).slots(small).start()) {
            Rig.awaitState(pager, DemandPager.State.COMPLETE);
            pager.handler();
            MemorySlot slot = hugeSlot(GPA);
            pager.add(slot);
            assertPaged(pager, slot);
            HostMemory.discard(slot.segment(), 0, HUGE / PAGE);
            byte[] discarded = Rig.get(Rig.start(() -> HostMemory.read(slot.segment(), 3)));
            assertArrayEquals(new byte[PAGE], discarded);
            Rig.awaitState(pager, DemandPager.State.COMPLETE);
            pager.retire(slot.gpa());
        }
    }

    /** Neither KVM nor userfaultfd wants the guest's address of huge pages to be a multiple of their size. */
    @Test
    void hugePagesMayLieAtAnyAddressOfTheGuest() throws Exception {
        MemorySlot slot = hugeSlot(GPA + PAGE);
        try (DemandPager pager = start(slot)) {
            assertPaged(pager, slot);
        }
    }

    @Test
    void hugePagesAreCopiedWhereOthersAreMoved() throws Exception {
        MemorySlot slot = hugeSlot(GPA);
        DemandPager.Builder moving = builder().movePages().slots(slot);
        try (DemandPager pager = startOrAbort(moving)) {
            assertPaged(pager, slot);
        }
    }

    private static DemandPager startOrAbort(DemandPager.Builder builder) {
        try {
            return builder.start();
        } catch (UserfaultfdUnavailableException e) {
            return abort(e.getMessage());
        }
    }

    @Test
    void aPageSizeThatASlotDoesNotHaveIsRefused() {
        PagedRegion small = PagedRegion.of(vm.addMemory(0, 2L * HUGE));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> small.withPageSize(2 * PAGE));
        assertEquals(
                "slot 0 [0x0, 0x400000) is made of pages of %d bytes, not of %d".formatted(PAGE, 2 * PAGE),
                e.getMessage());
        PagedRegion huge = PagedRegion.of(hugeSlot(GPA));
        assertThrows(IllegalArgumentException.class, () -> huge.withPageSize(PAGE));
    }

    /** Of memory that is the caller's own the kernel tells, when it is registered. */
    @Test
    void aPageSizeThatTheCallersMemoryDoesNotHaveIsRefusedAtStart() throws Exception {
        long before = OwnProcess.descriptors();
        MemorySegment small = HostMemory.aligned(8, 4L * PAGE);
        PagedRegion wrong = PagedRegion.of(0, small).withPageSize(4 * PAGE);
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> builder().region(wrong).start());
        assertEquals(
                "the memory at gpa 0x0 is made of pages of %d bytes, not of %d: say so by withPageSize"
                        .formatted(PAGE, 4 * PAGE),
                e.getMessage());
        MemorySegment huge = hugeMemory();
        for (int size : new int[] {PAGE, HUGE / 2, 2 * HUGE}) {
            boolean isAligned = (huge.address() & (size - 1)) == 0;
            if (isAligned) {
                PagedRegion region = PagedRegion.of(0, huge).withPageSize(size);
                IllegalArgumentException refused = assertThrows(
                        IllegalArgumentException.class,
                        () -> builder().region(region).start());
                assertTrue(refused.getMessage().contains(" pages of 2097152 bytes, not of "), refused::getMessage);
            }
        }
        assertEquals(before, OwnProcess.descriptors());
        PagedRegion right = PagedRegion.of(0, huge).withPageSize(HUGE);
        try (DemandPager pager = builder().region(right).start()) {
            pager.handler().ensure(0, 2L * HUGE);
        }
        HostMemory.unmap(huge);
    }

    @Test
    void aSlotOfTheCallersHugePagesIsMeasured() throws Exception {
        MemorySegment huge = hugeMemory();
        MemorySlot slot = vm.addMemory(GPA, MemoryBacking.of(huge));
        try (DemandPager pager = start(slot)) {
            assertEquals(2, pager.missingPages());
            assertPaged(pager, slot);
        }
        slot.close();
        HostMemory.unmap(huge);
    }

    /** Shared memory needs no alias where the kernel copies its pages into the file. */
    @Test
    void aMemfdIsPagedAndOthersSeeItsContent() throws Exception {
        MemorySlot slot = vm.addMemory(GPA, MemoryBacking.memfd(8L * PAGE));
        try (DemandPager pager = start(slot)) {
            assertPaged(pager, slot);
            byte[] file = readFile(slot);
            assertEquals(Pattern.byteAt(GPA + PAGE), file[PAGE]);
        }
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> builder().trackWrites().region(PagedRegion.of(slot)).start());
        assertEquals("writes are tracked in private memory only", e.getMessage());
    }

    private static byte[] readFile(MemorySlot slot) throws IOException {
        return Files.readAllBytes(Path.of("/proc/self/fd", String.valueOf(slot.fd())));
    }

    @Test
    void aGuestMemfdIsRefused() {
        MemorySlot slot;
        try {
            slot = vm.addMemory(GPA, MemoryBacking.guestMemfd(4L * PAGE));
        } catch (UnsupportedOperationException e) {
            slot = abort(e.getMessage());
        }
        MemorySlot refused = slot;
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> start(refused));
        assertEquals(
                refused + " is a guest_memfd, whose pages cannot be provided: KVM takes them from the file itself",
                e.getMessage());
    }

    /** A write to read-only memory is the VMM's matter, and never one that KVM has lost. */
    @Test
    void aWriteToReadOnlyMemoryIsNotThePagers() {
        MemorySlot slot = vm.addMemory(0x8000, MemoryBacking.anonymous(4L * PAGE), MemoryRegionFlag.KVM_MEM_READONLY);
        vm.addMemory(0, 2L * PAGE).write(0x1000, HexFormat.ofDelimiter(" ").parseHex(WRITE_AND_READ));
        Vcpu vcpu = vm.createVcpu(0);
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(0x1000).rflags(2));
        int stores = 0;
        int read = -1;
        try (DemandPager pager = builder().region(PagedRegion.of(slot)).start()) {
            for (boolean runs = true; runs; ) {
                KvmExit exit = vcpu.run();
                assertFalse(pager.handler().handle(exit), exit::toString);
                switch (exit) {
                    case KvmExit.Mmio mmio when mmio.isStore() -> stores++;
                    case KvmExit.Io io -> read = io.value(0) & 0xff;
                    case KvmExit.Hlt _ -> runs = false;
                    case KvmExit other -> throw new AssertionError(other.toString());
                }
            }
            assertEquals(DemandPager.State.RUNNING, pager.state());
        }
        assertEquals(1, stores);
        assertEquals(Pattern.byteAt(0x9234) & 0xff, read);
    }

    @Test
    void faultsAreReportedAsTheVmOfTheSlotsWasCreatedFor() {
        try (DemandPager pager = start(vm.addMemory(GPA, 4L * PAGE))) {
            assertEquals(new FaultStrategy.Userfaultfd(), pager.strategy());
        }
        try (Vm other = kvm.createVm(0, FaultVariant.USERFAULT_V3)) {
            assertEquals(new FaultStrategy.MemoryFaultExits(FaultVariant.USERFAULT_V3), FaultStrategy.of(other));
        }
    }

    @Test
    void slotsOfTwoVmsAreRefusedAtStart() {
        MemorySlot slot = vm.addMemory(GPA, 4L * PAGE);
        try (Vm other = kvm.createVm()) {
            MemorySlot others = other.addMemory(GPA, 4L * PAGE);
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> builder().slots(slot, others).start());
            assertEquals(others + " is a slot of another VM", e.getMessage());
        }
    }
}
