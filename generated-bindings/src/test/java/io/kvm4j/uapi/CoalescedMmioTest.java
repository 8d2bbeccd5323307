package io.kvm4j.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class CoalescedMmioTest {
    /** {@code KVM_COALESCED_MMIO_MAX} of gcc, for pages of 4096 bytes. */
    private static final int MAX = 170;

    private final MemorySegment page = Arena.ofAuto().allocate(4096, 8);
    private final KvmCoalescedMmioRing ring = KvmCoalescedMmioRing.of(page);
    private final CoalescedMmio collected = CoalescedMmio.of(page);

    /** What KVM does. */
    private void publish(long address, int... bytes) {
        int last = ring.last();
        KvmCoalescedMmio entry = ring.entry(last);
        entry.physAddr(address).len(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            entry.data(i, bytes[i]);
        }
        ring.last((last + 1) % MAX);
    }

    @Test
    void takesTheOldestFirst() {
        publish(0x1000, 0xef, 0xbe);
        publish(0x2000, 1, 2, 3, 4, 5, 6, 7, 0x88);
        assertTrue(collected.next());
        assertEquals(0x1000, collected.write().physAddr());
        assertEquals(2, collected.write().len());
        assertEquals(0xbeef, collected.value());
        assertEquals(1, ring.first());
        assertTrue(collected.next());
        assertEquals(0x8807060504030201L, collected.value());
        assertFalse(collected.next());
    }

    @Test
    void aTakenWriteStaysWhenItsPlaceIsTaken() {
        publish(0x1000, 1);
        assertTrue(collected.next());
        ring.entry(0).physAddr(0x3000);
        assertEquals(0x1000, collected.write().physAddr());
    }

    @Test
    void goesRound() {
        for (int i = 0; i < 2 * MAX; i++) {
            publish(i, 1);
            assertTrue(collected.next());
            assertEquals(i, collected.write().physAddr());
        }
        assertFalse(collected.next());
    }

    @Test
    void refusesIndicesOutside() {
        ring.first(MAX).last(0);
        assertThrows(IllegalStateException.class, collected::next);
        ring.first(-1);
        assertThrows(IllegalStateException.class, collected::next);
        ring.first(0).last(MAX);
        assertThrows(IllegalStateException.class, collected::next);
        ring.last(-1);
        assertThrows(IllegalStateException.class, collected::next);
        assertEquals(MAX, collected.capacity());
    }

    @Test
    void anImpossibleLengthIsNotFollowed() {
        for (int length : new int[] {9, Integer.MAX_VALUE, -1}) {
            publish(0x1000, 1, 2, 3, 4, 5, 6, 7, 8);
            ring.entry((ring.last() + MAX - 1) % MAX).len(length);
            assertTrue(collected.next());
            assertEquals(length < 0 ? 0 : 0x0807060504030201L, collected.value());
        }
    }

    @Test
    void refusesMemoryThatIsNoPage() {
        assertThrows(IllegalArgumentException.class, () -> CoalescedMmio.of(page.asSlice(0, 16)));
    }
}
