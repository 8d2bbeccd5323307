package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.IoctlCall;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slots that a caller sets by ioctls beside those of addMemory. */
@RequiresKvm
class CallersSlotsTest {
    private static final long SIZE = 0x10000;

    private Kvm kvm;
    private Vm vm;
    private Mapping memory;
    private Arena arena;

    @SuppressWarnings("MustBeClosedChecker") // closed after each test
    @BeforeEach
    void open() {
        kvm = Kvm.open();
        vm = kvm.createVm();
        memory = Mapping.anonymous(SIZE);
        arena = Arena.ofConfined();
    }

    @AfterEach
    void close() {
        vm.close();
        memory.close();
        arena.close();
        kvm.close();
    }

    private KvmUserspaceMemoryRegion region(int slot, long gpa, long size) {
        return KvmUserspaceMemoryRegion.allocate(arena)
                .slot(slot)
                .guestPhysAddr(gpa)
                .memorySize(size)
                .userspaceAddr(memory.segment().address());
    }

    @Test
    void addMemoryLeavesASlotAloneThatAnIoctlSet() {
        vm.ioctls().setUserMemoryRegion(region(0, 0, SIZE));
        MemorySlot slot = vm.addMemory(SIZE, MemoryBacking.of(memory.segment()));
        assertEquals(1, slot.number(), "number 0 would have moved the other one");
        vm.x86().ioctls().setUserMemoryRegion(region(0, 0, 0));
        assertEquals(0, vm.addMemory(0x100000, SIZE).number());
    }

    @Test
    void ioctlsLeaveMemoryAloneThatAddMemoryMade() {
        MemorySlot slot = vm.addMemory(0, MemoryBacking.of(memory.segment()));
        for (KvmUserspaceMemoryRegion wrong :
                new KvmUserspaceMemoryRegion[] {region(0, 0x100000, SIZE), region(0, 0, 0), region(0, 0, SIZE / 2)}) {
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> vm.ioctls().setUserMemoryRegion(wrong));
            assertEquals(
                    "slot number 0 belongs to memory that addMemory made, slot 0 [0x0, 0x10000): take a number from"
                            + " reserveSlot() instead",
                    e.getMessage());
        }
        slot.writeByte(0, (byte) 1);
        vm.ioctls().setUserMemoryRegion(region(0, 0, SIZE).flags((int) KvmConstants.KVM_MEM_LOG_DIRTY_PAGES));
        slot.close();
        vm.ioctls().setUserMemoryRegion(region(0, 0, SIZE));
    }

    @Test
    void aReservedNumberIsTheCallers() {
        int reserved = vm.reserveSlot();
        assertEquals(0, reserved);
        assertEquals(1, vm.addMemory(0x100000, SIZE).number());
        vm.ioctls().setUserMemoryRegion(region(reserved, 0, SIZE));
        vm.ioctls().setUserMemoryRegion(region(reserved, 0, 0));
        assertEquals(2, vm.addMemory(0x200000, SIZE).number(), "still reserved");
        vm.releaseSlot(reserved);
        assertEquals(0, vm.addMemory(0x300000, SIZE).number());
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> vm.releaseSlot(reserved));
        assertEquals("slot number 0 is not reserved", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> vm.releaseSlot(-1));
    }

    @Test
    void anOverlapWithASlotOfAnIoctlIsExplained() {
        vm.ioctls().setUserMemoryRegion(region(7, 0x4000, SIZE));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> vm.addMemory(0x8000, SIZE));
        assertEquals(
                "memory at [0x8000, 0x18000) overlaps a slot that was set by an ioctl on the VM's descriptor",
                e.getMessage());
    }

    @Test
    void aSlotThatTheVmCannotKnowOfIsExplainedToo() {
        IoctlCall.call(
                vm.fd(),
                KvmConstants.KVM_SET_USER_MEMORY_REGION,
                region(0, 0, SIZE).segment());
        ErrnoException e = assertThrows(ErrnoException.class, () -> vm.addMemory(0x100000, 2 * SIZE));
        assertEquals("EINVAL", e.errnoName());
        assertTrue(
                e.getMessage()
                        .endsWith("; if a slot 0 was set by an ioctl on the VM's descriptor, take its number from"
                                + " reserveSlot()"),
                e::getMessage);
    }

    /** No processor of x86_64 has more than 52 bits of physical addresses. */
    @Test
    void anAddressThatTheHostDoesNotHaveIsExplained() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> vm.addMemory(1L << 52, SIZE));
        assertTrue(e.getMessage().contains("may have no physical address 0x1000000000ffff"), e::getMessage);
        MemorySlot slot = vm.addMemory(0, SIZE);
        ErrnoException moved = assertThrows(ErrnoException.class, () -> slot.moveTo(1L << 52));
        assertTrue(moved.getMessage().contains("may have no physical address 0x1000000000ffff"), moved::getMessage);
        assertEquals(0, slot.gpa());
    }
}
