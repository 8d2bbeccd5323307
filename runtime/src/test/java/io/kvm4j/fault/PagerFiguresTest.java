package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was seen is counted: whoever asks after a page came need not wait for the figures. */
@RequiresUserfaultfd
@Timeout(300)
class PagerFiguresTest {
    private static final int PAGES = 2000;

    private final Pattern pattern = new Pattern();

    @Test
    void aPageThatCameIsCounted() {
        try (Rig rig = new Rig(PAGES, pattern)) {
            for (int page = 0; page < PAGES; page++) {
                HostMemory.readByte(rig.address(page));
                PagerFigures.Faults figures = rig.pager.figures().total();
                long seen = page + 1L;
                assertEquals(seen, figures.pages());
                assertEquals(seen, figures.faults());
                assertEquals(seen, figures.latency().count());
                assertEquals(seen * PAGE, figures.bytes());
            }
        }
    }

    @Test
    void aPageOfZerosThatCameIsCounted() {
        try (Rig rig = new Rig(PAGES, pattern)) {
            HostMemory.discard(rig.memory, 0, PAGES);
            for (int page = 0; page < PAGES; page++) {
                HostMemory.readByte(rig.address(page));
                PagerFigures.Faults figures = rig.pager.figures().total();
                long seen = page + 1L;
                assertEquals(seen, figures.zeroPages());
                assertEquals(seen, figures.latency().count());
                assertEquals(0, figures.pages());
            }
        }
    }
}
