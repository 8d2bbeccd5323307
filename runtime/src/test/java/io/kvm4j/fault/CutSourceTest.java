package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;
import static io.kvm4j.fault.Rig.get;
import static io.kvm4j.fault.Rig.gpa;
import static io.kvm4j.fault.Rig.start;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.pages.PageSource;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A source whose file is cut off pauses the pager, however it is read. */
@RequiresUserfaultfd
@Timeout(300)
class CutSourceTest {
    private static final int PAGES = 8;

    @TempDir
    Path folder;

    /** How the content gets from the file to the guest. */
    enum Way {
        /** The kernel copies it from the mapping. */
        COPIED_BY_THE_KERNEL,

        /** The JVM copies it from the mapping, into pages that are moved. */
        MOVED,

        /** The JVM copies it from the mapping, into shared memory. */
        SHARED,

        /** The caller's own code reads the mapping at once. */
        READ_BY_A_FUNCTION,

        /** The caller's own code reads the mapping number by number: the JVM may throw later than at the bad one. */
        READ_BY_NUMBERS,

        /** The file is read. */
        FILE;

        PageSource source(CutFile file) throws IOException {
            return switch (this) {
                case COPIED_BY_THE_KERNEL, MOVED, SHARED -> PageSource.memory(file.memory, 0);
                case READ_BY_A_FUNCTION ->
                    (offset, into) -> {
                        int length = into.remaining();
                        into.put(file.memory.asSlice(offset, length).asByteBuffer());
                        return length;
                    };
                case READ_BY_NUMBERS ->
                    (offset, into) -> {
                        int length = into.remaining();
                        for (int i = 0; i < length; i++) {
                            into.put(file.memory.get(ValueLayout.JAVA_BYTE, offset + i));
                        }
                        return length;
                    };
                case FILE -> PageSource.file(file.path());
            };
        }

        UnaryOperator<DemandPager.Builder> options() {
            return this == MOVED ? DemandPager.Builder::movePages : builder -> builder;
        }

        PagedRegion region() {
            if (this == SHARED) {
                MemorySegment[] both = HostMemory.shared(PAGES);
                return PagedRegion.shared(0, both[0], both[1]);
            }
            return PagedRegion.of(0, HostMemory.anonymous(PAGES));
        }
    }

    @ParameterizedTest
    @EnumSource
    void itPausesForAReaderAndForAVcpuAndGoesOn(Way way) throws Exception {
        assumeTrue(
                way != Way.MOVED || (UserfaultfdAccess.features() & UserfaultfdConstants.UFFD_FEATURE_MOVE) != 0,
                "this kernel has no UFFD_FEATURE_MOVE");
        CutFile file = new CutFile(folder, PAGES);
        try (Rig rig = new Rig(way.region(), way.source(file), way.options())) {
            assertArrayEquals(Pattern.page(5), get(rig.touch(5)));
            file.cutTo(2);
            FutureTask<byte[]> touch = rig.touch(4);
            rig.awaitState(DemandPager.State.PAUSED);
            FutureTask<?> vcpu = start(() -> {
                rig.pager.handler().resolve(gpa(6));
                return null;
            });
            String cause = rig.pager.cause().getMessage();
            assertTrue(cause.startsWith("the source of pages ("), cause);
            assertTrue(cause.contains(" failed for the page at gpa 0x4000: its "), cause);
            Thread.sleep(20);
            assertTrue(!touch.isDone() && !vcpu.isDone(), "the guest got a page though there is no content");
            file.mend();
            rig.pager.resume(way.source(file));
            assertArrayEquals(Pattern.page(4), get(touch));
            get(vcpu);
            file.cutTo(2);
            FutureTask<?> again = start(() -> {
                rig.pager.handler().resolve(gpa(7));
                return null;
            });
            rig.awaitState(DemandPager.State.PAUSED);
            file.mend();
            rig.pager.resume(way.source(file));
            get(again);
            assertArrayEquals(Pattern.page(7), HostMemory.read(rig.memory, 7));
            assertArrayEquals(Pattern.page(6), HostMemory.read(rig.memory, 6));
            assertEquals(0, rig.guest.stops.get());
        }
    }

    /** Several pages at once: those before the end are put in place, and none twice. */
    @Test
    void theBackgroundPausesInTheMiddleOfItsPages() throws Exception {
        CutFile file = new CutFile(folder, PAGES);
        file.cutTo(3);
        MemorySegment memory = HostMemory.anonymous(PAGES);
        try (Rig rig = new Rig(
                memory,
                PageSource.memory(file.memory, 0),
                b -> b.background(true).chunk(PAGES * PAGE))) {
            rig.awaitState(DemandPager.State.PAUSED);
            for (int page = 0; page < 3; page++) {
                assertArrayEquals(Pattern.page(page), HostMemory.read(memory, page));
            }
            assertEquals(PAGES - 3, rig.pager.missingPages());
            file.mend();
            rig.pager.resume(PageSource.memory(file.memory, 0));
            rig.awaitState(DemandPager.State.COMPLETE);
            for (int page = 0; page < PAGES; page++) {
                assertArrayEquals(Pattern.page(page), HostMemory.read(memory, page));
            }
        }
    }

    /** Once compiled, a read behind the end of the file goes on with some value: the guest must not get it. */
    @Test
    void compiledCodeGivesTheGuestNoGarbage() throws Exception {
        int pages = 20_000;
        CutFile file = new CutFile(folder, PAGES);
        MemorySegment[] both = HostMemory.shared(pages);
        PageSource source = (offset, into) -> {
            int length = into.remaining();
            for (int i = 0; i < length; i += Long.BYTES) {
                into.putLong(file.memory.get(ValueLayout.JAVA_LONG, offset % ((long) PAGES * PAGE) + i));
            }
            return length;
        };
        try (Rig rig = new Rig(PagedRegion.shared(0, both[0], both[1]), source, b -> b)) {
            rig.pager.handler().ensure(0, gpa(pages - 1));
            file.cutTo(0);
            FutureTask<byte[]> touch = rig.touch(pages - 1);
            rig.awaitState(DemandPager.State.PAUSED);
            assertTrue(!touch.isDone(), "the guest got a page though there is no content");
            rig.pager.resume(new Pattern());
            assertArrayEquals(Pattern.page(pages - 1), get(touch));
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the test closes it while the pager reads
    @Test
    void memoryThatWasUnmappedIsLostAsWell() throws Exception {
        Arena arena = Arena.ofShared();
        MemorySegment content = arena.allocate((long) PAGES * PAGE, PAGE);
        content.copyFrom(Pattern.memory(PAGES));
        try (Rig rig = new Rig(PAGES, PageSource.memory(content, 0))) {
            assertArrayEquals(Pattern.page(1), get(rig.touch(1)));
            arena.close();
            FutureTask<byte[]> touch = rig.touch(2);
            rig.awaitState(DemandPager.State.PAUSED);
            rig.pager.resume(new Pattern());
            assertArrayEquals(Pattern.page(2), get(touch));
        }
    }

    /** The kernel says EFAULT for either end of a copy: memory of the guest that is gone is no loss of the source. */
    @Test
    void memoryThatIsCutOffFailsThePager() throws Exception {
        MemorySegment memory = HostMemory.behindTheEndOfItsFile(PAGES);
        try (Rig rig = new Rig(memory, PageSource.memory(Pattern.memory(PAGES), 0), b -> b)) {
            ExecutionException e = assertThrows(
                    ExecutionException.class,
                    () -> get(start(() -> {
                        rig.pager.handler().resolve(gpa(1));
                        return null;
                    })));
            assertEquals(Errno.EFAULT, ((ErrnoException) e.getCause()).errno());
            assertEquals(DemandPager.State.FAILED, rig.pager.state());
            assertEquals(1, rig.guest.stops.get());
        }
    }
}
