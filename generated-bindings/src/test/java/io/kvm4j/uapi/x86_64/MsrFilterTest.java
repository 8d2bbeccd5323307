package io.kvm4j.uapi.x86_64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MsrFilterTest {
    private static final MsrFilterRangeFlag READ = MsrFilterRangeFlag.KVM_MSR_FILTER_READ;
    private static final MsrFilterRangeFlag WRITE = MsrFilterRangeFlag.KVM_MSR_FILTER_WRITE;

    private final Arena arena = Arena.ofAuto();

    private static int octet(KvmMsrFilterRange range, int index) {
        return MemorySegment.ofAddress(range.bitmap()).reinterpret(index + 1).get(ValueLayout.JAVA_BYTE, index) & 0xff;
    }

    @Test
    void setsABitInEveryRangeThatHoldsTheMsr() {
        MsrFilter filter = MsrFilter.denyingOthers(arena)
                .range(0xc0000080, 100, READ)
                .range(0xc0000081, 1, WRITE)
                .range(0, 0x800, READ);
        filter.allow(0xc0000081).allow(0xc000008a);
        assertEquals(X86Constants.KVM_MSR_FILTER_DEFAULT_DENY, filter.struct().flags());
        KvmMsrFilterRange range = filter.struct().ranges(0);
        assertEquals(0xc0000080, range.base());
        assertEquals(100, range.nmsrs());
        assertEquals(2, octet(range, 0));
        assertEquals(4, octet(range, 1));
        assertEquals(1, octet(filter.struct().ranges(1), 0));
        assertEquals(0, octet(filter.struct().ranges(2), 0));
        assertEquals(0, filter.struct().ranges(3).nmsrs());
    }

    @Test
    void allowsReadsWithoutWrites() {
        MsrFilter filter = MsrFilter.allowingOthers(arena)
                .range(0x10, 20, READ, WRITE)
                .range(0x10, 4, WRITE)
                .allow(0x12)
                .allow(0x11, READ);
        KvmMsrFilterRange writes = filter.struct().ranges(0);
        assertTrue(writes.flagsSet().equals(MsrFilterRangeFlags.of(WRITE)), writes::toString);
        assertEquals(4, octet(writes, 0));
        KvmMsrFilterRange reads = filter.struct().ranges(1);
        assertTrue(reads.flagsSet().equals(MsrFilterRangeFlags.of(READ)), reads::toString);
        assertEquals(6, octet(reads, 0));
        assertEquals(0x10, reads.base());
        assertEquals(20, reads.nmsrs());
        assertEquals(4, octet(filter.struct().ranges(2), 0));
        filter.allow(0x13, WRITE).allow(0x10, READ, WRITE);
        assertEquals(0x0d, octet(filter.struct().ranges(0), 0));
        assertEquals(0x07, octet(filter.struct().ranges(1), 0));
        assertEquals(0x0d, octet(filter.struct().ranges(2), 0));
        assertEquals(0, filter.struct().ranges(3).nmsrs());
    }

    @Test
    void refusesAnAccessThatNoRangeIsAbout() {
        MsrFilter filter = MsrFilter.denyingOthers(arena).range(10, 10, READ);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> filter.allow(12, WRITE));
        assertEquals("no range holds MSR 0xc for KVM_MSR_FILTER_WRITE", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> filter.allow(12, READ, WRITE));
        assertEquals(0, octet(filter.struct().ranges(0), 0));
        e = assertThrows(IllegalArgumentException.class, () -> filter.range(40, 2));
        assertEquals("the range [0x28, 0x29] is about no access: name reads, writes or both", e.getMessage());
    }

    @Test
    void refusesMsrsOfTheX2apicWhichKvmNeverFilters() {
        MsrFilter filter = MsrFilter.denyingOthers(arena);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> filter.range(0, 0x1000, READ));
        assertEquals(
                "the range [0x0, 0xfff] holds MSRs of the x2APIC, 0x800 to 0x8ff, which KVM never filters: leave them out,"
                        + " as in [0x0, 0x7ff] and [0x900, 0xfff]",
                e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> filter.range(0x8ff, 2, WRITE));
        assertTrue(e.getMessage().endsWith("leave them out, as in [0x900, 0x900]"), e::getMessage);
        e = assertThrows(IllegalArgumentException.class, () -> filter.range(0x802, 1, READ, WRITE));
        assertTrue(e.getMessage().endsWith("leave them out"), e::getMessage);
        filter.range(0, 0x800, READ).range(0x900, 0x700, READ);
        e = assertThrows(IllegalArgumentException.class, () -> filter.allow(0x802));
        assertEquals("MSR 0x802 is of the x2APIC: KVM never filters it, and no range can hold it", e.getMessage());
    }

    @Test
    void refusesARangeBeyondTheLastMsr() {
        MsrFilter filter = MsrFilter.denyingOthers(arena).range(-1, 1, READ);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> filter.range(-1, 2, READ));
        assertEquals("a range of 2 MSRs from 0xffffffff: the last MSR is 0xffffffff", e.getMessage());
        assertEquals(1, octet(filter.allow(-1).struct().ranges(0), 0));
    }

    @Test
    void refusesToSplitARangeOfAFullFilter() {
        MsrFilter filter = MsrFilter.denyingOthers(arena);
        for (int i = 0; i < X86Constants.KVM_MSR_FILTER_MAX_RANGES; i++) {
            filter.range(i, 1, READ, WRITE);
        }
        assertThrows(IllegalArgumentException.class, () -> filter.allow(3, READ));
        assertEquals(1, octet(filter.allow(3).struct().ranges(3), 0));
    }

    @Test
    void refusesAnMsrThatNoRangeHolds() {
        MsrFilter filter = MsrFilter.allowingOthers(arena).range(10, 10, READ);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> filter.allow(20));
        assertEquals("no range holds MSR 0x14", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> filter.allow(9));
    }

    @Test
    void refusesRangesThatTheKernelWouldRefuse() {
        MsrFilter filter = MsrFilter.allowingOthers(arena);
        assertThrows(IllegalArgumentException.class, () -> filter.range(0, 0, READ));
        assertThrows(IllegalArgumentException.class, () -> filter.range(0, 0x3001, READ));
        for (int i = 0; i < X86Constants.KVM_MSR_FILTER_MAX_RANGES; i++) {
            filter.range(0x900 + i, 0x3000, READ);
        }
        assertThrows(IllegalArgumentException.class, () -> filter.range(0, 1, READ));
    }
}
