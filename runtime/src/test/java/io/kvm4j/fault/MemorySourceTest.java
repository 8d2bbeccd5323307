package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.pages.PageSource;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresUserfaultfd
@Timeout(300)
class MemorySourceTest {
    private static final int PAGES = 4;

    /** Content of a pattern's pages, from one on. */
    private static MemorySegment content(int from, int pages) {
        return Pattern.memory(from + pages).asSlice((long) from * PAGE);
    }

    @Test
    void pagesAreCopiedFromWhereTheyLie() throws Exception {
        try (Rig rig = new Rig(PAGES, PageSource.memory(content(0, PAGES), 0))) {
            for (int page = 0; page < PAGES; page++) {
                assertArrayEquals(Pattern.page(page), Rig.get(rig.touch(page)));
            }
            Rig.awaitPages(rig.pager, PAGES);
            assertEquals((long) PAGES * PAGE, rig.pager.figures().total().bytes());
        }
    }

    @Test
    void theBackgroundTakesSeveralPagesFromOnePlace() throws Exception {
        MemorySegment memory = HostMemory.anonymous(PAGES);
        try (Rig rig = new Rig(memory, PageSource.memory(content(0, PAGES), 0), b -> b.background(true))) {
            rig.awaitState(DemandPager.State.COMPLETE);
            for (int page = 0; page < PAGES; page++) {
                assertArrayEquals(Pattern.page(page), HostMemory.read(memory, page));
            }
        }
    }

    /** A page that lies partly outside is read as far as it goes, and then the source is lost. */
    @Test
    void whatIsNotThereIsLost() throws Exception {
        MemorySegment cut = content(1, 2).asSlice(0, 2L * PAGE - 1);
        try (Rig rig = new Rig(PAGES, PageSource.memory(cut, PAGE))) {
            assertArrayEquals(Pattern.page(1), Rig.get(rig.touch(1)));
            FutureTask<byte[]> half = rig.touch(2);
            rig.awaitState(DemandPager.State.PAUSED);
            String cause = String.valueOf(rig.pager.cause());
            assertTrue(cause.contains("(8191 bytes of memory at 0x"), cause);
            rig.pager.resume(PageSource.memory(content(0, PAGES), 0));
            assertArrayEquals(Pattern.page(2), Rig.get(half));
            assertArrayEquals(Pattern.page(0), Rig.get(rig.touch(0)));
        }
    }

    @Test
    void theHeapHasNoAddress() {
        MemorySegment heap = MemorySegment.ofArray(new byte[PAGE]);
        assertThrows(IllegalArgumentException.class, () -> PageSource.memory(heap, 0));
    }
}
