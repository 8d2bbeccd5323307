package io.kvm4j.uapi.x86_64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MsrFilterTest {
    private final Arena arena = Arena.ofAuto();

    private static int octet(KvmMsrFilterRange range, int index) {
        return MemorySegment.ofAddress(range.bitmap()).reinterpret(index + 1).get(ValueLayout.JAVA_BYTE, index) & 0xff;
    }

    @Test
    void setsABitInEveryRangeThatHoldsTheMsr() {
        MsrFilter filter = MsrFilter.denyingOthers(arena)
                .range(0xc0000080, 100, MsrFilterRangeFlag.KVM_MSR_FILTER_READ)
                .range(0xc0000081, 1, MsrFilterRangeFlag.KVM_MSR_FILTER_WRITE)
                .range(0, 0x1000, MsrFilterRangeFlag.KVM_MSR_FILTER_READ);
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
    void refusesAnMsrThatNoRangeHolds() {
        MsrFilter filter = MsrFilter.allowingOthers(arena).range(10, 10, MsrFilterRangeFlag.KVM_MSR_FILTER_READ);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> filter.allow(20));
        assertEquals("no range holds MSR 0x14", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> filter.allow(9));
    }

    @Test
    void refusesRangesThatTheKernelWouldRefuse() {
        MsrFilter filter = MsrFilter.allowingOthers(arena);
        assertThrows(IllegalArgumentException.class, () -> filter.range(0, 0, MsrFilterRangeFlag.KVM_MSR_FILTER_READ));
        assertThrows(
                IllegalArgumentException.class, () -> filter.range(0, 0x3001, MsrFilterRangeFlag.KVM_MSR_FILTER_READ));
        for (int i = 0; i < X86Constants.KVM_MSR_FILTER_MAX_RANGES; i++) {
            filter.range(i, 0x3000, MsrFilterRangeFlag.KVM_MSR_FILTER_READ);
        }
        assertThrows(IllegalArgumentException.class, () -> filter.range(0, 1, MsrFilterRangeFlag.KVM_MSR_FILTER_READ));
    }
}
