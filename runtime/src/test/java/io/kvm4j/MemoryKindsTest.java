package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.dirty.DirtyBitmap;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.MemoryRegionFlag;
import io.kvm4j.uapi.MemoryRegionFlags;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a slot's memory may come from, and that a guest really has it. */
@RequiresKvm
@Timeout(300)
class MemoryKindsTest {
    private static final int SIZE = 0x10000;
    private static final long HUGE = 2 << 20;

    private UserModeGuest guest;
    private Vcpu vcpu;

    @BeforeEach
    void open() {
        guest = new UserModeGuest();
        vcpu = guest.vcpu(0, UserModeGuest.WRITE_PAGES);
    }

    @AfterEach
    void close() {
        guest.close();
    }

    /** Lets the guest write 7 to the first byte of some pages. */
    private void guestWrites(long gpa, int pages) {
        vcpu.x86().setRegs(r -> r.rip(0x10000).rdi(gpa).rcx(pages).rax(7));
        KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, vcpu.run());
        assertEquals(UserModeGuest.NOTHING, mmio.physAddr());
    }

    private void assertGuestHas(MemorySlot slot) {
        assertEquals(0, slot.readLong(0x3000));
        guestWrites(slot.gpa(), 4);
        assertEquals(7, slot.readLong(0x3000));
        assertEquals(7, guest.vm.memory().readLong(slot.gpa() + 0x3000));
        assertEquals(0, slot.readLong(0x4000));
    }

    @Test
    void anonymous() {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.anonymous(SIZE));
        assertGuestHas(slot);
        UnsupportedOperationException e = assertThrows(UnsupportedOperationException.class, slot::fd);
        assertEquals("slot 1 [0x200000, 0x210000) is no file: back it by memfd() or guestMemfd()", e.getMessage());
    }

    @Test
    void memfdIsAFileOfAFixedSize() throws IOException {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.memfd(SIZE));
        assertGuestHas(slot);
        Path path = Path.of("/proc/self/fd/" + slot.fd());
        assertEquals(7, Files.readAllBytes(path)[0x3000]);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            assertThrows(IOException.class, () -> file.setLength(0));
            file.seek(8);
            file.write(9);
        }
        assertEquals(9, slot.readByte(8));
        slot.close();
        assertThrows(IllegalStateException.class, slot::fd);
    }

    @Test
    void guestMemfd() throws IOException {
        int flags = guest.vm.ioctls().checkExtension(KvmConstants.KVM_CAP_GUEST_MEMFD_FLAGS);
        assumeTrue((flags & 3) == 3, () -> "KVM_CAP_GUEST_MEMFD_FLAGS is " + flags + ", not 3");
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.guestMemfd(SIZE));
        assertGuestHas(slot);
        assertTrue(Files.readSymbolicLink(Path.of("/proc/self/fd/" + slot.fd()))
                .toString()
                .contains("kvm-gmem"));
        assertEquals("KVM_MEM_GUEST_MEMFD", slot.flags().toString());
        assertThrows(UnsupportedOperationException.class, () -> slot.moveTo(0x220000));
        assertThrows(UnsupportedOperationException.class, () -> slot.logDirtyPages(true));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> guest.vm.addMemory(0x220000, MemoryBacking.guestMemfd(SIZE), MemoryRegionFlag.KVM_MEM_READONLY));
        assertEquals("KVM does not take KVM_MEM_READONLY for a guest_memfd", e.getMessage());
        slot.close();
        assertGuestHas(guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.guestMemfd(SIZE)));
    }

    private void needsGuestMemfd() {
        int flags = guest.vm.ioctls().checkExtension(KvmConstants.KVM_CAP_GUEST_MEMFD_FLAGS);
        assumeTrue((flags & 3) == 3, () -> "KVM_CAP_GUEST_MEMFD_FLAGS is " + flags + ", not 3");
    }

    @Test
    void slotsOfSeveralPartsOfOneGuestMemfd() {
        needsGuestMemfd();
        GuestMemoryFile file = GuestMemoryFile.create(guest.vm, 3 * SIZE);
        MemorySlot second = guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.guestMemfd(file, SIZE, SIZE));
        MemorySlot third =
                guest.vm.addMemory(UserModeGuest.FREE + SIZE, MemoryBacking.guestMemfd(file, 2 * SIZE, SIZE));
        assertGuestHas(second);
        assertGuestHas(third);
        MemorySegment whole =
                Mapping.shared(file.fd(), "guest_memfd", 0, 3 * SIZE).segment();
        second.writeLong(0x10, 2);
        third.writeLong(0x10, 3);
        assertEquals(0, whole.get(ValueLayout.JAVA_LONG, 0x10));
        assertEquals(2, whole.get(ValueLayout.JAVA_LONG, SIZE + 0x10));
        assertEquals(3, whole.get(ValueLayout.JAVA_LONG, 2 * SIZE + 0x10));
        assertThrows(UnsupportedOperationException.class, () -> second.moveTo(0x220000));
        file.close();
        assertEquals(2, second.readLong(0x10));
        second.close();
        third.writeByte(0, (byte) 0);
        guestWrites(UserModeGuest.FREE + SIZE, 1);
        assertEquals(7, third.readByte(0));
    }

    @Test
    void aPartOfAGuestMemfdBacksOneSlotAtATime() {
        needsGuestMemfd();
        GuestMemoryFile file = GuestMemoryFile.create(guest.vm, 2 * SIZE);
        MemoryBacking first = MemoryBacking.guestMemfd(file, 0, SIZE);
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, first);
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> guest.vm.addMemory(0x220000, MemoryBacking.guestMemfd(file, 0x1000, SIZE)));
        assertEquals(
                "0x10000 bytes at offset 0x1000 of a guest_memfd of 0x20000 bytes are in part those of slot 1"
                        + " [0x200000, 0x210000) already",
                e.getMessage());
        slot.close();
        assertGuestHas(guest.vm.addMemory(UserModeGuest.FREE, first));
        try (UserModeGuest other = new UserModeGuest()) {
            assertThrows(IllegalArgumentException.class, () -> other.vm.addMemory(UserModeGuest.FREE, first));
        }
    }

    @Test
    void partsThatAGuestMemfdDoesNotHave() {
        needsGuestMemfd();
        GuestMemoryFile file = GuestMemoryFile.create(guest.vm, 2 * SIZE);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MemoryBacking.guestMemfd(file, 0x800, SIZE));
        assertEquals(
                "0x10000 bytes at offset 0x800 of a guest_memfd of 0x20000 bytes are no whole pages of 4096",
                e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> MemoryBacking.guestMemfd(file, 2 * SIZE, 0x1000));
        assertThrows(IllegalArgumentException.class, () -> MemoryBacking.guestMemfd(file, -0x1000, 0x1000));
        assertThrows(IllegalArgumentException.class, () -> MemoryBacking.guestMemfd(file, 0, 0));
        assertThrows(
                IllegalArgumentException.class, () -> MemoryBacking.guestMemfd(file, 0x1000, Long.MAX_VALUE & ~0xfff));
        assertThrows(IllegalArgumentException.class, () -> GuestMemoryFile.create(guest.vm, 5));
        guest.vm.close();
        assertThrows(IllegalStateException.class, file::fd);
        assertThrows(IllegalStateException.class, () -> GuestMemoryFile.create(guest.vm, SIZE));
    }

    @Test
    void withoutGuestMemfdTheKernelIsNamed() {
        int flags = guest.vm.ioctls().checkExtension(KvmConstants.KVM_CAP_GUEST_MEMFD_FLAGS);
        assumeTrue((flags & 3) != 3, "this kernel has guest_memfd that can be mapped");
        UnsupportedOperationException e = assertThrows(
                UnsupportedOperationException.class,
                () -> guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.guestMemfd(SIZE)));
        assertEquals(
                "this kernel's guest_memfd cannot be mapped and shared (KVM_CAP_GUEST_MEMFD_FLAGS is " + flags
                        + ", 3 is needed): use another backing, or Linux 6.18 or newer",
                e.getMessage());
    }

    @Test
    void hugePagesWhereTheHostHasSome() throws IOException {
        long free = freeHugePages();
        MemoryBacking backing = MemoryBacking.hugePages(4 * HUGE, HUGE);
        assumeTrue(free == 0 || free >= 4, "too few huge pages for one test, too many for the other");
        if (free == 0) {
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> guest.vm.addMemory(1L << 30, backing));
            assertEquals(
                    "the host has not 4 huge pages of 2048 KiB to spare: reserve them by writing to"
                            + " /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
                    e.getMessage());
        } else {
            guest.vm.addMemory(1L << 30, backing).writeByte(4 * HUGE - 1, (byte) 1);
            assertEquals(free - 1, freeHugePages());
        }
    }

    private static long freeHugePages() throws IOException {
        Path free = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
        assumeTrue(Files.exists(free), "the kernel has no huge pages of 2 MiB");
        return Long.parseLong(Files.readString(free).strip());
    }

    @Test
    void hugePagesOfASizeThatNoHostHas() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> guest.vm.addMemory(1L << 30, MemoryBacking.hugePages(1 << 20, 1 << 19)));
        assertTrue(e.getMessage().startsWith("the host has no huge pages of 512 KiB: it has "), e.getMessage());
    }

    /** None of these sizes is that of a huge page of the host's, nor a multiple of one. */
    @ParameterizedTest
    @CsvSource({
        "4096, 1",
        "4096, 2",
        "4096, 4096",
        "8192, 4096",
        "2101248, 0",
        "2101248, -4096",
        "3145728, 3145728",
        "2101248, -9223372036854775808",
        "2101248, 2097152",
        "0, 2097152",
        "-2097152, 2097152",
        "2097152, 1073741824",
    })
    void hugePagesOfASizeThatIsNone(long size, long pageSize) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MemoryBacking.hugePages(size, pageSize));
        assertTrue(e.getMessage().contains(" huge pages of "), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void aRefusedSizeNamesThoseThatTheHostHas() throws IOException {
        long ignored = freeHugePages();
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MemoryBacking.hugePages(4096, 1));
        assertTrue(
                e.getMessage().startsWith("the host has no huge pages of 1 bytes: it has those of "), e.getMessage());
        assertTrue(e.getMessage().contains("2048 KiB"), e.getMessage());
    }

    @Test
    void memoryOfTheCaller() {
        Mapping mapping = Mapping.anonymous(SIZE);
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.of(mapping.segment()));
        assertGuestHas(slot);
        assertEquals(7, mapping.segment().get(ValueLayout.JAVA_BYTE, 0));
        slot.close();
        assertThrows(IllegalStateException.class, () -> slot.readByte(0));
        assertEquals(7, mapping.segment().get(ValueLayout.JAVA_BYTE, 0), "it is still the caller's");
        mapping.close();
    }

    @Test
    void memoryThatACallerMayNotGive() {
        try (Arena confined = Arena.ofConfined();
                Arena shared = Arena.ofShared()) {
            assertRefused(MemorySegment.ofArray(new byte[SIZE]), "native, writable and open to every thread");
            assertRefused(confined.allocate(SIZE, 4096), "native, writable and open to every thread");
            assertRefused(shared.allocate(SIZE, 4096).asReadOnly(), "native, writable and open to every thread");
            assertRefused(shared.allocate(SIZE + 8, 4096).asSlice(8, SIZE), "aligned to pages of 4096");
            assertRefused(shared.allocate(100, 4096), "a size is a positive multiple of 4096");
        }
    }

    private void assertRefused(MemorySegment memory, String why) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> guest.vm.addMemory(UserModeGuest.FREE, MemoryBacking.of(memory)));
        assertTrue(e.getMessage().contains(why), e::getMessage);
        assertEquals(1, guest.vm.memory().slots().size());
    }

    @Test
    void aReadOnlySlotTurnsWritesIntoMmio() {
        MemorySlot rom = guest.vm.addMemory(
                UserModeGuest.FREE, MemoryBacking.anonymous(SIZE), MemoryRegionFlag.KVM_MEM_READONLY);
        rom.writeByte(0, (byte) 5);
        vcpu.x86().setRegs(r -> r.rdi(UserModeGuest.FREE).rcx(1).rax(7));
        KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, vcpu.run());
        assertEquals(UserModeGuest.FREE, mmio.physAddr());
        assertTrue(mmio.isWrite());
        assertEquals(5, rom.readByte(0));
    }

    @Test
    void flagsThatKvmRefuses() {
        ErrnoException e = assertThrows(
                ErrnoException.class,
                () -> guest.vm.addMemory(
                        UserModeGuest.FREE, MemoryBacking.anonymous(SIZE), new MemoryRegionFlags(1L << 30)));
        assertEquals("EINVAL", e.errnoName());
        assertEquals(1, guest.vm.memory().slots().size());
    }

    @Test
    void aMovedSlotKeepsItsMemory() {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, SIZE);
        assertGuestHas(slot);
        MemorySegment view = guest.vm.memory().segment(UserModeGuest.FREE, SIZE);
        slot.moveTo(0x280000);
        assertEquals(0x280000, slot.gpa());
        assertEquals(7, guest.vm.memory().readByte(0x283000));
        assertThrows(IndexOutOfBoundsException.class, () -> guest.vm.memory().readByte(UserModeGuest.FREE));
        guestWrites(0x284000, 1);
        assertEquals(7, view.get(ValueLayout.JAVA_BYTE, 0x4000));
        slot.moveTo(0x281000);
        assertEquals(7, guest.vm.memory().readByte(0x285000), "it may overlap where it was");
    }

    @Test
    void movesThatAreRefused() {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, SIZE);
        assertThrows(IllegalArgumentException.class, () -> slot.moveTo(0x100000));
        assertThrows(IllegalArgumentException.class, () -> slot.moveTo(0x280001));
        assertThrows(IllegalArgumentException.class, () -> slot.moveTo(-4096));
        assertThrows(IllegalArgumentException.class, () -> slot.moveTo(Long.MAX_VALUE & -4096));
        assertEquals(UserModeGuest.FREE, slot.gpa());
        slot.close();
        assertThrows(IllegalStateException.class, () -> slot.moveTo(0x280000));
        assertThrows(IllegalStateException.class, () -> slot.logDirtyPages(true));
    }

    @Test
    void dirtyPagesAreReadAndForgotten() {
        MemorySlot slot = guest.vm.addMemory(
                UserModeGuest.FREE, MemoryBacking.anonymous(100 * 4096), MemoryRegionFlag.KVM_MEM_LOG_DIRTY_PAGES);
        DirtyBitmap dirty = DirtyBitmap.of(slot);
        guestWrites(UserModeGuest.FREE + 62 * 4096, 4);
        dirty.read();
        assertEquals(4, dirty.count());
        assertEquals(62, dirty.nextDirty(0));
        assertEquals(64, dirty.nextDirty(64));
        assertEquals(-1, dirty.nextDirty(66));
        assertEquals(-1, dirty.nextDirty(100));
        assertTrue(dirty.isDirty(65) && !dirty.isDirty(66) && !dirty.isDirty(61));
        dirty.read();
        assertEquals(0, dirty.count());
        slot.writeByte(0, (byte) 1);
        guestWrites(UserModeGuest.FREE + 99 * 4096, 1);
        dirty.read();
        assertEquals(99, dirty.nextDirty(0), "the host's writes are not the guest's");
        slot.logDirtyPages(false);
        assertEquals("ENOENT", assertThrows(ErrnoException.class, dirty::read).errnoName());
        assertThrows(IndexOutOfBoundsException.class, () -> dirty.isDirty(100));
        assertThrows(IndexOutOfBoundsException.class, () -> dirty.nextDirty(-1));
    }

    @Test
    void dirtyPagesAreKeptUntilTheyAreClearedByHand() {
        guest.vm.enableCap(
                Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, KvmConstants.KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, 100 * 4096);
        slot.logDirtyPages(true);
        DirtyBitmap dirty = DirtyBitmap.of(slot);
        guestWrites(UserModeGuest.FREE + 60 * 4096, 10);
        dirty.read();
        dirty.read();
        assertEquals(10, dirty.count());
        dirty.clear(64, 36);
        dirty.read();
        assertEquals(4, dirty.count());
        dirty.clear();
        dirty.read();
        assertEquals(0, dirty.count());
        guestWrites(UserModeGuest.FREE + 61 * 4096, 1);
        dirty.read();
        assertEquals(61, dirty.nextDirty(0));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> dirty.clear(0, 63));
        assertEquals("KVM clears pages by 64: not 63 from page 0 on, of 100", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> dirty.clear(1, 99));
        assertThrows(IndexOutOfBoundsException.class, () -> dirty.clear(64, Long.MAX_VALUE));
        assertThrows(IndexOutOfBoundsException.class, () -> dirty.clear(-64, 64));
    }

    @Test
    void aBitmapOfAClosedSlotIsNotThatOfItsSuccessor() {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, SIZE);
        DirtyBitmap dirty = DirtyBitmap.of(slot);
        slot.close();
        MemorySlot next = guest.vm.addMemory(UserModeGuest.FREE, SIZE);
        next.logDirtyPages(true);
        assertEquals(slot.number(), next.number());
        assertThrows(IllegalStateException.class, dirty::read);
        assertThrows(IllegalStateException.class, dirty::clear);
    }

    @ParameterizedTest
    @EnumSource(
            value = MemoryAdvice.class,
            names = {"HUGEPAGE", "NOHUGEPAGE", "DONTDUMP", "DODUMP", "DONTFORK", "RANDOM", "WILLNEED", "POPULATE_WRITE"
            })
    void advice(MemoryAdvice advice) {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, SIZE);
        slot.writeByte(0x1000, (byte) 1);
        try {
            slot.advise(advice);
        } catch (ErrnoException e) {
            assertEquals("EINVAL", e.errnoName(), "the kernel is built without it");
            assertTrue(e.getMessage().contains(advice.macro()));
        }
        assertEquals(1, slot.readByte(0x1000));
    }

    @Test
    void discardedPagesReadAsZero() {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, SIZE);
        slot.write(0, new byte[] {1, 2, 3});
        slot.writeByte(0x1000, (byte) 4);
        slot.advise(0, 0x1000, MemoryAdvice.DONTNEED);
        assertEquals(0, slot.readInt(0));
        assertEquals(4, slot.readByte(0x1000));
        MemorySlot file = guest.vm.addMemory(0x240000, MemoryBacking.memfd(SIZE));
        file.writeByte(0, (byte) 1);
        file.advise(MemoryAdvice.REMOVE);
        assertEquals(0, file.readByte(0));
    }

    @Test
    void adviceOutsideTheSlotOrOnPartsOfPages() {
        MemorySlot slot = guest.vm.addMemory(UserModeGuest.FREE, SIZE);
        assertThrows(IndexOutOfBoundsException.class, () -> slot.advise(0, SIZE + 4096, MemoryAdvice.DONTNEED));
        assertThrows(IndexOutOfBoundsException.class, () -> slot.advise(4096, -4096, MemoryAdvice.DONTNEED));
        assertThrows(IndexOutOfBoundsException.class, () -> slot.advise(4096, Long.MIN_VALUE, MemoryAdvice.DONTNEED));
        assertThrows(IllegalArgumentException.class, () -> slot.advise(0, 100, MemoryAdvice.DONTNEED));
        assertThrows(IllegalArgumentException.class, () -> slot.advise(8, 4096, MemoryAdvice.DONTNEED));
    }
}
