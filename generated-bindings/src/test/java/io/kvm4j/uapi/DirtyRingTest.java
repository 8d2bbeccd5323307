package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class DirtyRingTest {
    private static final int ENTRIES = 4;
    private static final long SIZE = KvmDirtyGfn.LAYOUT.byteSize();

    private final MemorySegment memory = Arena.ofAuto().allocate(ENTRIES * SIZE, 8);
    private final DirtyRing ring = DirtyRing.of(memory);

    private KvmDirtyGfn entry(int index) {
        return KvmDirtyGfn.of(memory.asSlice(index * SIZE, SIZE));
    }

    /** What KVM does. */
    private void publish(int index, int slot, long offset) {
        entry(index).slot(slot).offset(offset).flags((int) KvmConstants.KVM_DIRTY_GFN_F_DIRTY);
    }

    @Test
    void emptyRingHasNothing() {
        assertFalse(ring.next());
    }

    @Test
    void harvestsInOrderAndMarks() {
        publish(0, 1, 10);
        publish(1, 2, 20);
        assertTrue(ring.next());
        assertEquals(1, ring.slot());
        assertEquals(10, ring.offset());
        assertEquals(KvmConstants.KVM_DIRTY_GFN_F_RESET, entry(0).flags());
        assertTrue(ring.next());
        assertEquals(2, ring.slot());
        assertEquals(20, ring.offset());
        assertFalse(ring.next());
    }

    @Test
    void goesRoundAndWaitsForTheReset() {
        for (int i = 0; i < ENTRIES; i++) {
            publish(i, 0, i);
            assertTrue(ring.next());
        }
        assertFalse(ring.next());
        publish(0, 0, 100);
        assertTrue(ring.next());
        assertEquals(100, ring.offset());
    }

    @Test
    void countsWhatAnInterruptedResetLeaves() {
        assertEquals(0, ring.notReset());
        for (int i = 0; i < ENTRIES; i++) {
            publish(i, 0, i);
            assertTrue(ring.next());
        }
        assertEquals(ENTRIES, ring.notReset());
        reset(0);
        reset(1);
        assertEquals(2, ring.notReset());
        publish(0, 0, 100);
        assertEquals(2, ring.notReset());
        assertTrue(ring.next());
        assertEquals(3, ring.notReset());
        reset(2);
        reset(3);
        reset(0);
        assertEquals(0, ring.notReset());
    }

    @Test
    void countsNoMoreThanThereAreEntries() {
        for (int i = 0; i < 3 * ENTRIES; i++) {
            publish(i % ENTRIES, 0, i);
            assertTrue(ring.next());
        }
        assertEquals(ENTRIES, ring.notReset());
    }

    /** What KVM does. */
    private void reset(int index) {
        entry(index).flags(0);
    }

    @Test
    void refusesMemoryThatIsNoRing() {
        assertThrows(IllegalArgumentException.class, () -> DirtyRing.of(memory.asSlice(0, SIZE + 1)));
        assertThrows(IllegalArgumentException.class, () -> DirtyRing.of(memory.asSlice(0, 0)));
    }
}
