package io.kvm4j.uapi.x86_64;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MsrEntriesTest {
    private final Arena arena = Arena.ofAuto();

    @Test
    void findsWhatWasAskedFor() {
        KvmMsrs msrs = MsrEntries.of(arena, 0x10, 0xc0000080);
        assertEquals(2, msrs.nmsrs());
        msrs.entry(1).data(-1);
        assertEquals(OptionalLong.of(-1), MsrEntries.find(msrs, 0xc0000080));
        assertEquals(OptionalLong.of(0), MsrEntries.find(msrs, 0x10));
        assertEquals(OptionalLong.empty(), MsrEntries.find(msrs, 0x11));
    }

    @Test
    void takesAPartOfAList() {
        KvmMsrList list = KvmMsrList.allocate(arena, 3);
        list.entry(0, 1).entry(1, 2).entry(2, 3);
        KvmMsrs msrs = MsrEntries.of(arena, list, 1, 2);
        assertEquals(2, msrs.nmsrs());
        assertEquals(2, msrs.entry(0).index());
        assertEquals(3, msrs.entry(1).index());
    }
}
