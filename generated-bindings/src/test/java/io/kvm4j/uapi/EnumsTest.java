package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.aarch64.Arm64Constants;
import io.kvm4j.uapi.aarch64.IrqType;
import io.kvm4j.uapi.riscv64.RiscvConstants;
import io.kvm4j.uapi.x86_64.X86Constants;
import java.lang.foreign.Arena;
import java.lang.reflect.Field;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EnumsTest {
    @Test
    void everyCapabilityMacroIsAConstant() {
        List<String> macros = Stream.of(
                        KvmConstants.class, X86Constants.class, Arm64Constants.class, RiscvConstants.class)
                .flatMap(c -> Stream.of(c.getFields()))
                .map(Field::getName)
                .distinct()
                .filter(n -> n.startsWith("KVM_CAP_"))
                .sorted()
                .toList();
        assertEquals(
                macros,
                Capability.known().stream().map(Capability::name).sorted().toList());
    }

    @Test
    void capabilityIsFoundByNumber() {
        assertSame(Capability.KVM_CAP_USER_MEMORY2, Capability.of(KvmConstants.KVM_CAP_USER_MEMORY2));
    }

    @Test
    void unknownCapabilityKeepsItsNumber() {
        Capability unknown = Capability.of(99_999);
        assertFalse(unknown.isKnown());
        assertEquals(99_999, unknown.number());
        assertEquals("Capability(99999)", unknown.toString());
        assertEquals(unknown, Capability.of(99_999));
        assertEquals(unknown.hashCode(), Capability.of(99_999).hashCode());
        assertNotEquals(unknown, Capability.KVM_CAP_IRQCHIP);
    }

    @Test
    void flagsKeepUnknownBitsAndPrintNames() {
        MemoryRegionFlags flags =
                MemoryRegionFlags.of(MemoryRegionFlag.KVM_MEM_LOG_DIRTY_PAGES, MemoryRegionFlag.KVM_MEM_READONLY);
        assertEquals(3, flags.bits());
        assertEquals("KVM_MEM_LOG_DIRTY_PAGES|KVM_MEM_READONLY", flags.toString());
        MemoryRegionFlags more = new MemoryRegionFlags(flags.bits() | 0x100);
        assertEquals("KVM_MEM_LOG_DIRTY_PAGES|KVM_MEM_READONLY|0x100", more.toString());
        assertEquals(0x100, more.unknownBits());
        assertEquals(
                0x102, more.without(MemoryRegionFlag.KVM_MEM_LOG_DIRTY_PAGES).bits());
        assertTrue(more.contains(MemoryRegionFlag.KVM_MEM_READONLY));
        assertFalse(new MemoryRegionFlags(0)
                .with(MemoryRegionFlag.KVM_MEM_READONLY)
                .contains(MemoryRegionFlag.KVM_MEM_LOG_DIRTY_PAGES));
        assertEquals("0", new MemoryRegionFlags(0).toString());
    }

    @Test
    void typedAccessorsOfASlot() {
        KvmUserspaceMemoryRegion region = KvmUserspaceMemoryRegion.allocate(Arena.ofAuto());
        region.flags(MemoryRegionFlag.KVM_MEM_READONLY, MemoryRegionFlag.KVM_MEM_GUEST_MEMFD);
        assertEquals(6, region.flags());
        region.flags(region.flagsSet().without(MemoryRegionFlag.KVM_MEM_READONLY));
        assertEquals(KvmConstants.KVM_MEM_GUEST_MEMFD, region.flags());
        assertEquals(0xffff_ffffL, region.flags(-1).flagsSet().bits());
    }

    @Test
    void setTooWideForAFieldIsRefused() {
        KvmUserspaceMemoryRegion region = KvmUserspaceMemoryRegion.allocate(Arena.ofAuto());
        MemoryRegionFlags wide = new MemoryRegionFlags(1L << 32);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> region.flags(wide));
        assertEquals("kvm_userspace_memory_region.flags has 32 bits, too few for 0x100000000", e.getMessage());
        assertEquals(0, region.flags());
    }

    @Test
    void numbersInPartOfAField() {
        KvmStatsDesc descriptor = KvmStatsDesc.allocate(Arena.ofAuto()).flags(0xf000);
        descriptor.flags(StatsUnit.KVM_STATS_UNIT_SECONDS).flags(StatsType.KVM_STATS_TYPE_PEAK);
        assertEquals(0xf022, descriptor.flags());
        assertEquals(StatsUnit.KVM_STATS_UNIT_SECONDS, descriptor.statsUnitValue());
        assertEquals(StatsType.KVM_STATS_TYPE_PEAK, descriptor.statsTypeValue());
        assertThrows(IllegalArgumentException.class, () -> descriptor.flags(StatsUnit.of(0x100)));
        assertEquals(0xf022, descriptor.flags());
    }

    @Test
    void numbersShiftedInAField() {
        KvmIrqLevel level = KvmIrqLevel.allocate(Arena.ofAuto()).irq(0x1234);
        IrqType.KVM_ARM_IRQ_TYPE_PPI.irqTo(level);
        assertEquals(0x2001234, level.irq());
        assertEquals(IrqType.KVM_ARM_IRQ_TYPE_PPI, IrqType.irqOf(level));
    }
}
