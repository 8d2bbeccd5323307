package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import io.kvm4j.uapi.x86_64.KvmIoapicState;
import io.kvm4j.uapi.x86_64.KvmSegment;
import io.kvm4j.uapi.x86_64.KvmSregs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class StructTest {
    private final Arena arena = Arena.ofAuto();

    @Test
    void allocateZeroesWhateverTheAllocatorReturns() {
        SegmentAllocator dirty =
                (size, alignment) -> arena.allocate(size, alignment).fill((byte) 0xff);
        assertEquals(-1, KvmUserspaceMemoryRegion.allocate(dirty).segment().mismatch(arena.allocate(32)));
        assertEquals(0, KvmCpuid2.allocate(dirty, 3).entry(2).function());
    }

    @Test
    void ofTakesTheBytesItNeedsAndNoFewer() {
        MemorySegment page = arena.allocate(4096, 8);
        assertEquals(32, KvmUserspaceMemoryRegion.of(page).segment().byteSize());
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> KvmUserspaceMemoryRegion.of(page.asSlice(0, 31)));
        assertEquals("kvm_userspace_memory_region takes 32 bytes, the segment has 31", e.getMessage());
    }

    @Test
    void ofRefusesMisalignedMemory() {
        MemorySegment page = arena.allocate(4096, 8);
        assertThrows(IllegalArgumentException.class, () -> KvmUserspaceMemoryRegion.of(page.asSlice(4, 64)));
    }

    @Test
    void structsAreEqualByTheirBytes() {
        KvmUserspaceMemoryRegion one =
                KvmUserspaceMemoryRegion.allocate(arena).slot(3).memorySize(1L << 40);
        KvmUserspaceMemoryRegion other =
                KvmUserspaceMemoryRegion.of(arena.allocate(64, 8)).slot(3).memorySize(1L << 40);
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
        assertNotEquals(one, other.flags(1));
        assertNotEquals(one.hashCode(), other.hashCode());
        assertNotEquals(one, "region");
        assertNotEquals(one, null);
        assertNotEquals(KvmDirtyTlb.allocate(arena), KvmS390Keyop.allocate(arena));
    }

    @Test
    void nestedStructsAreEqualWhereverTheyLie() {
        KvmSregs sregs = KvmSregs.allocate(arena);
        sregs.cs().selector(8).type(11);
        assertNotEquals(sregs.cs(), sregs.ds());
        sregs.ds().copyFrom(sregs.cs());
        assertEquals(sregs.cs(), sregs.ds());
        assertEquals(sregs.cs().hashCode(), sregs.ds().hashCode());
        assertEquals(11, sregs.ds().type());
        assertEquals(0, sregs.es().type());
        assertEquals(KvmSegment.allocate(arena).selector(8).type(11), sregs.ds());
    }

    @Test
    void paddingCounts() {
        KvmUserspaceMemoryRegion2 one = KvmUserspaceMemoryRegion2.allocate(arena);
        KvmUserspaceMemoryRegion2 other = KvmUserspaceMemoryRegion2.allocate(arena);
        other.segment().set(ValueLayout.JAVA_BYTE, KvmUserspaceMemoryRegion2.LAYOUT.byteSize() - 1, (byte) 1);
        assertNotEquals(one, other);
        assertEquals(one.copyFrom(other), other);
    }

    @Test
    void copyingTakesAsManyElementsAsAreCounted() {
        KvmCpuid2 from = KvmCpuid2.allocate(arena, 3);
        from.entry(0).function(1);
        from.entry(1).function(7);
        from.entry(2).function(9);
        KvmCpuid2 to = KvmCpuid2.allocate(arena, 3);
        to.entry(2).function(5);
        assertSame(to, to.copyFrom(from.nent(2)));
        assertEquals(2, to.nent());
        assertEquals(7, to.entry(1).function());
        assertEquals(5, to.entry(2).function());
        assertEquals(from.nent(3), to.copyFrom(from));
        KvmCpuid2 small = KvmCpuid2.allocate(arena, 2);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> small.copyFrom(from));
        assertEquals("kvm_cpuid2 cannot take all that is to be copied: 3 elements, and room for 2", e.getMessage());
        assertEquals(0, small.entry(0).function());
        assertEquals(small.copyFrom(from.nent(2)).entry(1), from.entry(1));
        for (int wrong : new int[] {4, -1}) {
            assertThrows(IllegalArgumentException.class, () -> to.copyFrom(from.nent(wrong)));
        }
        assertNotEquals(small, to);
    }

    @Test
    void copyingToTheSameMemoryChangesNothing() {
        KvmSregs sregs = KvmSregs.allocate(arena);
        sregs.cs().selector(8);
        assertEquals(8, sregs.copyFrom(sregs).cs().selector());
        assertEquals(8, sregs.copyFrom(KvmSregs.of(sregs.segment())).cs().selector());
    }

    @Test
    void settersReturnTheViewItself() {
        KvmUserspaceMemoryRegion region = KvmUserspaceMemoryRegion.allocate(arena);
        assertSame(region, region.slot(3).flags(1).guestPhysAddr(-1).memorySize(1L << 40));
        assertEquals(3, region.slot());
        assertEquals(-1, region.guestPhysAddr());
    }

    @Test
    void narrowSettersCheckTheirRange() {
        KvmSegment segment = KvmSegment.allocate(arena);
        assertEquals(0xffff, segment.selector(0xffff).selector());
        assertEquals(0xff, segment.type(0xff).type());
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> segment.selector(0x10000));
        assertEquals("selector: 65536 is outside 0..65535", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> segment.type(-1));
    }

    @Test
    void bitFieldsLeaveTheirNeighboursAlone() {
        KvmIoapicState.Redirtbl.Fields fields =
                KvmIoapicState.allocate(arena).redirtbl(23).fields();
        fields.deliveryMode(7).polarity(1).mask(1);
        assertEquals(0, fields.destMode());
        assertEquals(7, fields.deliveryMode(5).deliveryMode() + 2);
        assertEquals(1, fields.polarity());
        assertThrows(IllegalArgumentException.class, () -> fields.deliveryMode(8));
    }

    @Test
    void nestedViewsShareTheMemory() {
        KvmSregs sregs = KvmSregs.allocate(arena);
        KvmSegment cs = sregs.cs();
        cs.base(0x1234);
        assertSame(cs, sregs.cs());
        assertEquals(0x1234, sregs.segment().get(ValueLayout.JAVA_LONG, 0));
        assertEquals(24, sregs.ds().segment().byteSize());
        assertEquals(sregs.segment().address() + 24, sregs.ds().segment().address());
    }

    @Test
    void entriesMoveOneCursor() {
        KvmCpuid2 cpuid = KvmCpuid2.allocate(arena, 3);
        assertEquals(3, cpuid.nent());
        assertEquals(3, cpuid.capacity());
        KvmCpuidEntry2 first = cpuid.entry(0).function(10);
        KvmCpuidEntry2 last = cpuid.entry(2).function(12);
        assertSame(first, last);
        assertEquals(10, cpuid.entry(0).function());
        assertEquals(12, cpuid.entry(2).function());
        assertThrows(IndexOutOfBoundsException.class, () -> cpuid.entry(3));
        assertThrows(IndexOutOfBoundsException.class, () -> cpuid.entry(-1));
    }

    @Test
    void cursorsCarryTheirNestedViewsAlong() {
        KvmIoapicState ioapic = KvmIoapicState.allocate(arena);
        for (int i = 0; i < 24; i++) {
            ioapic.redirtbl(i).fields().vector(i + 1);
        }
        for (int i = 0; i < 24; i++) {
            assertEquals(i + 1, ioapic.redirtbl(i).bits());
        }
        assertThrows(IndexOutOfBoundsException.class, () -> ioapic.redirtbl(24));
    }

    @Test
    void negativeCountIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> KvmCpuid2.allocate(arena, -1));
    }

    @Test
    void accessAfterCloseThrows() {
        KvmUserspaceMemoryRegion region;
        try (Arena closing = Arena.ofConfined()) {
            region = KvmUserspaceMemoryRegion.allocate(closing);
        }
        assertThrows(IllegalStateException.class, region::slot);
        assertThrows(IllegalStateException.class, () -> region.slot(1));
    }

    @Test
    void textNamesEveryField() {
        String text = KvmUserspaceMemoryRegion.allocate(arena)
                .slot(7)
                .memorySize(4096)
                .toString();
        assertEquals(
                "kvm_userspace_memory_region{slot=0x7, flags=0x0, guest_phys_addr=0x0, memory_size=0x1000,"
                        + " userspace_addr=0x0}",
                text);
        assertTrue(KvmSregs.allocate(arena).toString().contains("interrupt_bitmap=[0x0, 0x0, 0x0, 0x0]"));
        assertTrue(KvmRun.allocate(arena).toString().contains("padding1=[0x0"));
    }
}
