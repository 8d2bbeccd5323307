package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.dirty.DirtyBitmap;
import io.kvm4j.dirty.DirtyRings;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.MemoryRegionFlag;
import io.kvm4j.uapi.x86_64.X86Constants;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Slots in a second address space, which x86_64 has for system management mode. */
@RequiresKvm
@Timeout(300)
class AddressSpaceTest {
    private static final int SMM = 1;
    private static final int SMRAM = 0x30000;
    private static final int SMRAM_SIZE = 0x10000;

    /** Where a processor begins in SMM, counted from the start of SMRAM. */
    private static final int ENTRY = 0x8000;

    private static final int MARK = 0x9000;

    /** {@code mov al, 0x55; mov cs:[MARK], al; out 0x20, al; rsm}. */
    private static final String MARK_AND_RETURN = "b0 55 2e a2 00 90 e6 20 0f aa";

    /** {@code out 0x21, al; hlt}: what no processor in SMM gets to see. */
    private static final String WRONG_SPACE = "e6 21 f4";

    private final RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER);
    private final Vm vm = guest.vm;

    @AfterEach
    void close() {
        guest.close();
    }

    private void needsTwoSpaces() {
        assumeTrue(
                vm.checkExtension(Capability.KVM_CAP_MULTI_ADDRESS_SPACE) > 1,
                "this kernel gives a VM one address space (KVM_CAP_MULTI_ADDRESS_SPACE)");
    }

    private static void write(MemorySlot slot, int offset, String code) {
        slot.write(offset, HexFormat.ofDelimiter(" ").parseHex(code));
    }

    private void enterSmm() {
        guest.run(KvmExit.Io.class);
        guest.vcpu.x86().ioctls().smi();
        assertEquals(0x20, guest.run(KvmExit.Io.class).port());
        int flags = guest.vcpu.kvmRun().flags();
        assertTrue((flags & X86Constants.KVM_RUN_X86_SMM) != 0, () -> "flags " + flags);
    }

    private void needsSmm() {
        needsTwoSpaces();
        assumeTrue(vm.checkExtension(Capability.KVM_CAP_X86_SMM) != 0, "this kernel has no SMM (KVM_CAP_X86_SMM)");
    }

    @Test
    void aGuestInSystemManagementModeRunsInItsOwnSpace() {
        needsSmm();
        MemorySlot smram = vm.addMemory(SMM, SMRAM, MemoryBacking.anonymous(SMRAM_SIZE));
        write(guest.ram, SMRAM + ENTRY, WRONG_SPACE);
        write(smram, ENTRY, MARK_AND_RETURN);
        enterSmm();
        assertEquals(0x55, smram.readByte(MARK));
        assertEquals(0x55, vm.memory(SMM).readByte(SMRAM + MARK));
        assertEquals(0, guest.ram.readByte(SMRAM + MARK));
        assertEquals(0, vm.memory().readByte(SMRAM + MARK));
        assertEquals(0x10, guest.run(KvmExit.Io.class).port());
    }

    @Test
    void itsWritesAreLoggedWhereTheyWere() {
        needsSmm();
        guest.ram.logDirtyPages(true);
        MemorySlot smram =
                vm.addMemory(SMM, SMRAM, MemoryBacking.anonymous(SMRAM_SIZE), MemoryRegionFlag.KVM_MEM_LOG_DIRTY_PAGES);
        write(smram, ENTRY, MARK_AND_RETURN);
        DirtyBitmap inSmm = DirtyBitmap.of(smram);
        DirtyBitmap outside = DirtyBitmap.of(guest.ram);
        enterSmm();
        inSmm.read();
        outside.read();
        assertTrue(inSmm.isDirty(MARK >> 12));
        assertTrue(!outside.isDirty((SMRAM + MARK) >> 12));
    }

    @Test
    void spacesHaveSlotsOfTheirOwn() {
        needsTwoSpaces();
        MemorySlot other = vm.addMemory(SMM, 0, MemoryBacking.anonymous(0x2000));
        assertEquals(SMM, other.addressSpace());
        assertEquals(0x10000, other.number());
        assertEquals("slot 0 of address space 1 [0x0, 0x2000)", other.toString());
        assertEquals(0, guest.ram.addressSpace());
        assertEquals(List.of(guest.ram), vm.memory().slots());
        assertEquals(List.of(other), vm.memory(SMM).slots());
        assertSame(vm.memory(), vm.memory(0));
        other.moveTo(0x4000);
        other.logDirtyPages(true);
        vm.memory(SMM).writeLong(0x4000, 5);
        assertEquals(5, other.readLong(0));
        assertEquals(0, guest.ram.readLong(0x4000));
        other.close();
        assertTrue(other.isClosed());
        assertEquals(List.of(), vm.memory(SMM).slots());
        assertEquals(
                0x10000, vm.addMemory(SMM, 0, MemoryBacking.anonymous(0x1000)).number());
    }

    @Test
    void oneMemoryCanBeInBothSpaces() {
        needsTwoSpaces();
        MemorySlot alias = vm.addMemory(SMM, 0, MemoryBacking.of(guest.ram.segment()));
        alias.writeByte(0x2000, (byte) 9);
        assertEquals(9, guest.ram.readByte(0x2000));
        vm.close();
        assertThrows(IllegalStateException.class, () -> alias.readByte(0));
    }

    @Test
    void aSpaceThatIsNotThereIsRefused() {
        int count = Math.max(1, vm.checkExtension(Capability.KVM_CAP_MULTI_ADDRESS_SPACE));
        MemoryBacking backing = MemoryBacking.anonymous(0x1000);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> vm.addMemory(count, 0, backing));
        assertEquals(
                "there is no address space %d: KVM gives this VM %d of them, from 0 on (KVM_CAP_MULTI_ADDRESS_SPACE)"
                        .formatted(count, count),
                e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> vm.memory(-1));
    }

    @Test
    void ringsNoteWritesInBothSpaces() {
        needsSmm();
        try (Vm ringed = guest.kvm.createVm()) {
            assumeTrue(ringed.checkExtension(Capability.KVM_CAP_DIRTY_LOG_RING) != 0, "this kernel has no dirty rings");
            DirtyRings rings = DirtyRings.enable(ringed, 1024);
            MemorySlot ram = ringed.addMemory(0, RealModeGuest.MEMORY_SIZE);
            MemorySlot smram = ringed.addMemory(SMM, SMRAM, MemoryBacking.anonymous(SMRAM_SIZE));
            ram.logDirtyPages(true);
            smram.logDirtyPages(true);
            write(ram, RealModeGuest.START, RealModeGuest.OUT_FOREVER);
            write(smram, ENTRY, MARK_AND_RETURN);
            Vcpu vcpu = ringed.createVcpu(0);
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(RealModeGuest.START).rflags(2));
            vcpu.run();
            vcpu.x86().ioctls().smi();
            vcpu.run();
            assertTrue(rings.take(smram).isDirty(MARK >> 12));
            assertTrue(!rings.take(ram).isDirty((SMRAM + MARK) >> 12));
        }
    }
}
