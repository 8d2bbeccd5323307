package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;
import static io.kvm4j.fault.Rig.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.pages.PageLostException;
import io.kvm4j.pages.PageSource;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every way to put a page in place, on the real userfaultfd. */
@RequiresUserfaultfd
@Timeout(300)
class InstallersTest {
    private final Pattern pattern = new Pattern();

    private static void assumeFeature(long feature, String name) {
        assumeTrue((UserfaultfdAccess.features() & feature) == feature, "this kernel has no UFFD_FEATURE_" + name);
    }

    @Test
    void sharedMemoryIsFilledByItsAlias() throws Exception {
        MemorySegment[] both = HostMemory.shared(8);
        PagedRegion region = PagedRegion.shared(0, both[0], both[1]);
        try (Rig rig = new Rig(region, pattern, b -> b.readers(2))) {
            assertArrayEquals(Pattern.page(3), get(rig.touch(3)));
            HostMemory.discard(rig.memory, 3, 1);
            assertArrayEquals(Pattern.page(3), get(rig.touch(3)), "MADV_DONTNEED keeps what a file has");
            HostMemory.advise(rig.memory, 3, 2, HostMemory.MADV_REMOVE);
            assertArrayEquals(new byte[PAGE], get(rig.touch(3)));
            assertArrayEquals(new byte[PAGE], get(rig.touch(4)));
        }
    }

    @Test
    void contentThatIsInPlaceIsOnlyMapped() throws Exception {
        MemorySegment[] both = HostMemory.shared(8);
        MemorySegment.copy(
                MemorySegment.ofArray(Pattern.page(5)),
                ValueLayout.JAVA_BYTE,
                0,
                both[1],
                ValueLayout.JAVA_BYTE,
                5L * PAGE,
                PAGE);
        PagedRegion region = PagedRegion.shared(0, both[0], both[1]).withContentInPlace();
        try (Rig rig = new Rig(region, pattern, b -> b)) {
            assertArrayEquals(Pattern.page(5), get(rig.touch(5)));
            assertEquals(0, pattern.reads.get());
            Rig.awaitPages(rig.pager, 1);
        }
    }

    @Test
    void pagesAreMoved() throws Exception {
        assumeFeature(UserfaultfdConstants.UFFD_FEATURE_MOVE, "MOVE");
        try (Rig rig = new Rig(64, pattern, b -> b.movePages())) {
            for (int page = 0; page < 32; page++) {
                assertArrayEquals(Pattern.page(page), get(rig.touch(page)));
            }
        }
        try (Rig rig = new Rig(64, pattern, b -> b.movePages().background(true))) {
            rig.awaitState(DemandPager.State.COMPLETE);
            for (int page = 0; page < 64; page++) {
                assertArrayEquals(Pattern.page(page), HostMemory.read(rig.memory, page));
            }
        }
    }

    @Test
    void lostPagesArePoisonedOrStopTheGuest() throws Exception {
        assumeFeature(UserfaultfdConstants.UFFD_FEATURE_POISON, "POISON");
        PageSource holed = (offset, into) -> {
            if (offset <= 2L * PAGE && offset + into.remaining() > 2L * PAGE) {
                throw new PageLostException("a bad sector");
            }
            return pattern.read(offset, into);
        };
        try (Rig rig = new Rig(8, holed, b -> b.background(true).poisonLostPages())) {
            rig.awaitState(DemandPager.State.COMPLETE);
            assertArrayEquals(Pattern.page(3), get(rig.touch(3)));
            assertEquals(-1, HostMemory.kernelWrite(rig.address(2), 16), "a poisoned page was written");
            Rig.awaitPages(rig.pager, 7);
        }
        try (Rig rig = new Rig(8, holed)) {
            var _ = rig.touch(2);
            rig.awaitState(DemandPager.State.FAILED);
            assertEquals(
                    "the page at gpa 0x2000 is lost: a bad sector",
                    rig.pager.cause().getMessage());
        }
    }

    @Test
    void writesAreTracked() throws Exception {
        assumeFeature(UserfaultfdConstants.UFFD_FEATURE_PAGEFAULT_FLAG_WP, "PAGEFAULT_FLAG_WP");
        try (Rig rig = new Rig(8, pattern, b -> b.trackWrites().background(true))) {
            rig.awaitState(DemandPager.State.COMPLETE);
            assertEquals(new BitSet(), rig.pager.takeWrittenPages(0));
            for (int round = 0; round < 2; round++) {
                for (int page : new int[] {1, 1, 6}) {
                    get(Rig.start(() -> {
                        HostMemory.writeByte(rig.address(page), 9);
                        return null;
                    }));
                }
                assertEquals(BitSet.valueOf(new long[] {0b0100_0010}), rig.pager.takeWrittenPages(0));
            }
            HostMemory.discard(rig.memory, 3, 1);
            get(rig.touch(3));
            assertEquals(BitSet.valueOf(new long[] {0b1000}), rig.pager.takeWrittenPages(0));
        }
    }

    @Test
    void aFileIsASource(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("memory");
        byte[] content = new byte[4 * PAGE];
        for (int page = 0; page < 4; page++) {
            System.arraycopy(Pattern.page(page), 0, content, page * PAGE, PAGE);
        }
        Files.write(file, content);
        try (Rig rig = new Rig(5, PageSource.file(file))) {
            assertArrayEquals(Pattern.page(2), get(rig.touch(2)));
            var _ = rig.touch(4);
            rig.awaitState(DemandPager.State.PAUSED);
            assertTrue(rig.pager.cause().getMessage().contains("file " + file), rig.pager.cause()::getMessage);
        }
    }

    @Test
    void memoryCanBeAdded() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            MemorySegment more = HostMemory.anonymous(4);
            rig.pager.add(PagedRegion.of(64L * PAGE, more));
            rig.pager.handler().ensure(65L * PAGE, 1);
            assertArrayEquals(Pattern.page(65), HostMemory.read(more, 1));
            assertThrows(IllegalArgumentException.class, () -> rig.pager.add(PagedRegion.of(0, more)));
            assertThrows(PagingException.class, () -> rig.pager.handler().ensure(4L * PAGE, 1));
        }
    }
}
