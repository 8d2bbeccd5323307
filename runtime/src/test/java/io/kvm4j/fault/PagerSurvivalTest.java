package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;
import static io.kvm4j.fault.Rig.get;
import static io.kvm4j.fault.Rig.gpa;
import static io.kvm4j.fault.Rig.start;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.migration.HandOverGuard;
import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.SystemCalls;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.userfaultfd.UffdioRange;
import io.kvm4j.uapi.userfaultfd.UserfaultfdIoctls;
import io.kvm4j.userfaultfd.UffdCalls;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What has brought down demand pagers elsewhere, one situation to a test, each on the real userfaultfd. The numbers count
 * the situations.
 */
@RequiresUserfaultfd
@Timeout(300)
class PagerSurvivalTest {
    private static final byte[] ZEROS = new byte[PAGE];

    private final Pattern pattern = new Pattern();

    /** A source whose reads of one page wait at a gate. */
    private PageSource gatedAt(int page, Gate gate) {
        return (offset, into) -> {
            if (offset == gpa(page)) {
                gate.pass();
            }
            return pattern.read(offset, into);
        };
    }

    /** 1: closing the userfaultfd under a running guest gives it zeros. */
    @Test
    void p01_closingStopsTheGuestBeforeAnyPageTurnsToZeros() throws Exception {
        Gate never = new Gate();
        Rig rig = new Rig(4, gatedAt(1, never));
        FutureTask<byte[]> touch = rig.touch(1);
        never.awaitArrival();
        AtomicBoolean sawZeros = new AtomicBoolean();
        rig.guest.atStop(() -> sawZeros.set(touch.isDone()));
        FutureTask<?> closing = start(() -> {
            rig.close();
            return null;
        });
        rig.guest.awaitCall();
        never.open();
        get(closing);
        assertEquals(1, rig.guest.stops.get());
        assertFalse(sawZeros.get(), "a page turned to zeros before the guest was stopped");
        assertEquals(DemandPager.State.CLOSED, rig.pager.state());
    }

    /** 1: a handler that dies must not leave the guest with pages that never come, nor with zeros. */
    @Test
    void p01_aHandlerThatDiesStopsTheGuestAndKeepsItFromZeros() throws Exception {
        PageSource deadly = (_, _) -> {
            throw new LinkageError("gone");
        };
        try (Rig rig = new Rig(4, deadly)) {
            FutureTask<byte[]> touch = rig.touch(1);
            rig.awaitState(DemandPager.State.FAILED);
            rig.guest.awaitCall();
            assertEquals(1, rig.guest.stops.get());
            assertInstanceOf(LinkageError.class, rig.pager.cause());
            Thread.sleep(50);
            assertFalse(touch.isDone(), "the page was given to the guest though there is no content");
        }
    }

    /** 2: EEXIST wakes nobody by itself. */
    @Test
    void p02_aPageThatIsThereAlreadyStillWakesWhoWaitsForIt() throws Exception {
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(1, gate))) {
            FutureTask<byte[]> touch = rig.touch(1);
            gate.awaitArrival();
            UffdCalls other = new UffdCalls(rig.pager.fd());
            MemorySegment page = HostMemory.anonymous(1);
            HostMemory.writeByte(page.address(), 99);
            int dontWake = 1;
            assertEquals(0, other.copy(rig.address(1), page.address(), PAGE, dontWake));
            gate.open();
            assertEquals(99, get(touch)[0], "what was there first stays");
        }
    }

    /** 3: EAGAIN while a discard waits for its message to be read, and no other event comes. */
    @Test
    void p03_anInstallThatIsPutOffIsTriedAgainThoughNothingElseHappens() throws Exception {
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(1, gate))) {
            FutureTask<byte[]> touch = rig.touch(1);
            gate.awaitArrival();
            FutureTask<?> discard = discardElsewhere(rig, 3);
            gate.open();
            assertArrayEquals(Pattern.page(1), get(touch));
            get(discard);
            assertTrue(rig.pager.figures().total().retries() >= 1, () -> "" + rig.pager.figures());
        }
    }

    /** Discards a page by a thread that then waits until the pager reads of it, and returns when it waits. */
    private static FutureTask<?> discardElsewhere(Rig rig, int page) throws InterruptedException {
        FutureTask<?> discard = start(() -> {
            HostMemory.discard(rig.memory, page, 1);
            return null;
        });
        Thread.sleep(100);
        assertFalse(discard.isDone(), "the discard did not wait");
        return discard;
    }

    /** 4: a copy of several pages stops short where one is there already, and says so by EAGAIN. */
    @Test
    void p04_aShortCopyResumesWhereItStopped() throws Exception {
        MemorySegment memory = HostMemory.anonymous(8);
        HostMemory.writeByte(memory.address() + 2L * PAGE, 99);
        HostMemory.writeByte(memory.address() + 7L * PAGE, 98);
        try (Rig rig = new Rig(memory, pattern, b -> b.background(true).chunk(8 * PAGE))) {
            rig.awaitState(DemandPager.State.COMPLETE);
            for (int page = 0; page < 7; page++) {
                if (page != 2) {
                    assertArrayEquals(Pattern.page(page), HostMemory.read(memory, page));
                }
            }
            assertEquals(99, HostMemory.readByte(rig.address(2)));
            assertEquals(98, HostMemory.readByte(rig.address(7)));
            Rig.awaitPages(rig.pager, 6);
            assertEquals(1, pattern.reads.get(), "the content was read again");
        }
    }

    /** 5: what was discarded comes back as zeros, loaded before or not. */
    @Test
    void p05_discardedPagesComeBackAsZeros() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            assertArrayEquals(Pattern.page(0), get(rig.touch(0)));
            HostMemory.discard(rig.memory, 0, 2);
            assertArrayEquals(ZEROS, get(rig.touch(0)));
            assertArrayEquals(ZEROS, get(rig.touch(1)));
            HostMemory.writeByte(rig.address(1), 7);
            HostMemory.discard(rig.memory, 1, 1);
            assertArrayEquals(ZEROS, get(rig.touch(1)));
            assertArrayEquals(Pattern.page(2), get(rig.touch(2)));
        }
    }

    /** 5: a fault is read, then its page is discarded while the content is on its way. */
    @Test
    void p05_aDiscardOvertakesTheContentThatIsOnItsWay() throws Exception {
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(1, gate))) {
            FutureTask<byte[]> touch = rig.touch(1);
            gate.awaitArrival();
            FutureTask<?> discard = discardElsewhere(rig, 1);
            gate.open();
            assertArrayEquals(ZEROS, get(touch), "the content came back after the discard");
            get(discard);
            assertEquals(0, rig.pager.figures().total().pages());
        }
    }

    /** 5: fault and discard of one page are read at once, the fault first. */
    @Test
    void p05_aDiscardGoesAheadOfTheFaultInTheSameRead() throws Exception {
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(3, gate))) {
            FutureTask<byte[]> busy = rig.touch(3);
            gate.awaitArrival();
            FutureTask<byte[]> touch = rig.touch(1);
            FutureTask<?> discard = discardElsewhere(rig, 1);
            gate.open();
            assertArrayEquals(Pattern.page(3), get(busy));
            assertArrayEquals(ZEROS, get(touch));
            get(discard);
        }
    }

    /** 6: mapping over registered memory ends its registration without a word. */
    @Test
    void p06_mappingOverTheMemoryStopsTheGuest() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            HostMemory.mapOver(rig.address(1), PAGE);
            rig.awaitState(DemandPager.State.FAILED);
            rig.guest.awaitCall();
            assertEquals(1, rig.guest.stops.get());
            assertTrue(message(rig).contains("was unmapped or mapped over"), message(rig));
        }
    }

    @Test
    void p06_memoryThatWasRetiredMayBeUnmapped() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            rig.pager.retire(0);
            assertArrayEquals(Pattern.page(1), get(rig.touch(1)));
            HostMemory.unmap(rig.memory);
            for (int i = 0; i < 10_000 && rig.pager.missingPages() > 0; i++) {
                Thread.sleep(1);
            }
            assertEquals(0, rig.pager.missingPages(), "the pager does not know that the memory is gone");
            assertEquals(DemandPager.State.RUNNING, rig.pager.state());
        }
    }

    private static String message(Rig rig) {
        Throwable cause = rig.pager.cause();
        assertNotNull(cause);
        return cause.getMessage();
    }

    /** 7: a worker that comes late must not write over what the guest wrote meanwhile. */
    @Test
    void p07_aLateWorkerDoesNotOverwriteTheGuest() throws Exception {
        MemorySegment[] both = HostMemory.shared(4);
        Gate stuck = new Gate();
        PagedRegion region = PagedRegion.shared(0, both[0], both[1]);
        try (Rig rig = new Rig(region, gatedAt(1, stuck), b -> b.patience(Duration.ofMillis(50)))) {
            FutureTask<byte[]> touch = rig.touch(1);
            rig.awaitState(DemandPager.State.PAUSED);
            rig.pager.resume(new Pattern());
            assertArrayEquals(Pattern.page(1), get(touch));
            HostMemory.writeByte(rig.address(1), 99);
            stuck.open();
            Thread.sleep(50);
            assertEquals(99, HostMemory.readByte(rig.address(1)), "the guest's write is lost");
        }
    }

    /** 8: of several readers that poll returns to, all but one find nothing to read. */
    @Test
    void p08_readersThatFindNothingGoOn() throws Exception {
        int pages = 400;
        try (Rig rig = new Rig(pages, pattern, b -> b.readers(4))) {
            List<FutureTask<byte[]>> touches = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int first = thread;
                touches.add(start(() -> {
                    for (int page = first; page < pages; page += 4) {
                        assertArrayEquals(Pattern.page(page), HostMemory.read(rig.memory, page));
                    }
                    return ZEROS;
                }));
            }
            for (FutureTask<byte[]> touch : touches) {
                get(touch);
            }
            Rig.awaitPages(rig.pager, pages);
        }
    }

    /** 8: a userfaultfd in error can never be read again. */
    @Test
    void p08_anErrorOfTheDescriptorStopsTheGuest() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            int unusable = SystemCalls.userfaultfd(SystemCalls.O_NONBLOCK);
            HostMemory.replaceDescriptor(unusable, rig.pager.fd());
            HostMemory.close(unusable);
            var _ = rig.touch(1);
            rig.awaitState(DemandPager.State.FAILED);
            assertTrue(message(rig).contains("POLLERR"), message(rig));
        }
    }

    /** 9: KVM's faults are the kernel's, which takes privilege; the message says which. */
    @Test
    void p09_withoutPrivilegeTheMessageSaysWhatToDo() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can give up privilege");
        assumeTrue(
                Files.readString(Path.of("/proc/sys/vm/unprivileged_userfaultfd"))
                        .startsWith("0"),
                "everybody may handle the kernel's faults here");
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the number of setresuid is x86_64's");
        FutureTask<String> unprivileged = start(() -> {
            assertEquals(0, HostMemory.systemCall(117, -1, 65534, -1));
            return assertThrows(UserfaultfdUnavailableException.class, UserfaultfdAccess::features)
                    .getMessage();
        });
        assertEquals(
                "no permission to handle page faults that the kernel runs into, as KVM's are: run as root or with"
                        + " CAP_SYS_PTRACE, or get access to /dev/userfaultfd, or set sysctl vm.unprivileged_userfaultfd=1",
                get(unprivileged));
    }

    /** 9: the kernel's own accesses are served, which UFFD_USER_MODE_ONLY would not do. */
    @Test
    void p09_theKernelsOwnAccessesAreServed() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            assertEquals(16, get(start(() -> HostMemory.kernelWrite(rig.address(1), 16))));
            byte[] page = HostMemory.read(rig.memory, 1);
            assertEquals(Pattern.byteAt(PAGE + 16), page[16]);
            assertEquals(Pattern.byteAt(2L * PAGE - 1), page[PAGE - 1]);
        }
    }

    /** 10: a huge page is fetched whole wherever it is touched, and zeros are copied there where ZEROPAGE is lacking. */
    @Test
    void p10_hugePages() throws Exception {
        int huge = 2 << 20;
        MemorySegment memory = HostMemory.huge(2L * huge);
        assumeTrue(memory != null, "no huge pages to spare: sysctl vm.nr_hugepages=2");
        try (Rig rig = new Rig(PagedRegion.of(0, memory).withPageSize(huge), pattern, b -> b)) {
            assertArrayEquals(Pattern.page(300), get(rig.touch(300)));
            assertArrayEquals(Pattern.page(0), HostMemory.read(memory, 0));
            HostMemory.discard(memory, 0, huge / PAGE);
            assertArrayEquals(ZEROS, get(rig.touch(5)));
            Rig.awaitPages(rig.pager, 1);
        } finally {
            HostMemory.unmap(memory);
        }
    }

    /** 11: populating a page that was never installed waits for a reader, which may be the caller or be busy. */
    @Test
    void p11_aVcpuProvidesItsPageWithoutAnyReader() throws Exception {
        Gate busy = new Gate();
        try (Rig rig = new Rig(4, gatedAt(1, busy))) {
            FutureTask<byte[]> touch = rig.touch(1);
            busy.awaitArrival();
            get(start(() -> {
                rig.pager.handler().resolve(gpa(2));
                rig.pager.handler().resolve(gpa(2));
                return null;
            }));
            assertArrayEquals(Pattern.page(2), HostMemory.read(rig.memory, 2));
            busy.open();
            get(touch);
        }
    }

    /** 11: a page of zeros can be read only; a vCPU that would write to it faults again, and finds it made ready. */
    @Test
    void p11_aPageThatIsThereIsMadeReadyForAWrite() {
        try (Rig rig = new Rig(4, pattern)) {
            HostMemory.discard(rig.memory, 1, 1);
            rig.pager.handler().resolve(gpa(1));
            assumeTrue(HostMemory.tellsPrivatePages(), "this kernel does not tell which pages are a process's own");
            assertFalse(HostMemory.isPrivate(rig.address(1)), "the kernel put no shared page of zeros there");
            rig.pager.handler().resolve(gpa(1));
            assertTrue(HostMemory.isPrivate(rig.address(1)), "a guest that writes would fault for ever");
        }
    }

    /** 12: even with exits KVM touches memory by itself, and sleeps on the userfaultfd then. */
    @Test
    void p12_theKernelIsServedThoughVcpusServeThemselves() throws Exception {
        assertThrows(
                IllegalArgumentException.class,
                () -> DemandPager.builder(pattern).readers(0));
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(1, gate))) {
            FutureTask<?> vcpu = start(() -> {
                rig.pager.handler().resolve(gpa(1));
                return null;
            });
            gate.awaitArrival();
            FutureTask<Long> kernel = start(() -> HostMemory.kernelWrite(rig.address(1), 16));
            awaitDuplicates(rig, 1);
            gate.open();
            get(vcpu);
            assertEquals(16, get(kernel), "the kernel waits for a page that a vCPU has put in place");
        }
    }

    private static void awaitDuplicates(Rig rig, int wanted) throws InterruptedException {
        for (int i = 0; i < 10_000 && rig.pager.figures().total().duplicates() < wanted; i++) {
            Thread.sleep(1);
        }
    }

    /** 13: a fault that comes back for ever ends with its address. */
    @Test
    void p13_aFaultThatNeverEndsFailsWithItsAddress() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            RepeatedFaultException e = assertThrows(RepeatedFaultException.class, () -> {
                for (int i = 0; i < 100_000; i++) {
                    rig.pager.handler().resolve(gpa(2));
                }
            });
            assertEquals(gpa(2), e.gpa());
            assertTrue(e.getMessage().startsWith("the page at gpa 0x2000 has faulted"), e.getMessage());
            assertEquals(DemandPager.State.FAILED, rig.pager.state());
            assertEquals(1, rig.guest.stops.get());
        }
    }

    /** 14: of several vCPUs on one page, one installs it. */
    @Test
    void p14_vcpusOnOnePageInstallItOnce() throws Exception {
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(1, gate), b -> b.readers(2))) {
            List<FutureTask<?>> vcpus = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                vcpus.add(start(() -> {
                    rig.pager.handler().resolve(gpa(1));
                    return HostMemory.readByte(rig.address(1));
                }));
            }
            FutureTask<byte[]> sleeper = rig.touch(1);
            gate.awaitArrival();
            awaitDuplicates(rig, 4);
            gate.open();
            for (FutureTask<?> vcpu : vcpus) {
                assertEquals(Pattern.byteAt(PAGE), get(vcpu));
            }
            assertArrayEquals(Pattern.page(1), get(sleeper));
            assertEquals(1, pattern.reads.get());
            Rig.awaitPages(rig.pager, 1);
        }
    }

    /** How a source can fail. */
    enum Loss {
        THROWS {
            @Override
            int read(long offset, ByteBuffer into) throws IOException {
                throw new IOException("the connection was reset");
            }
        },
        THROWS_UNCHECKED {
            @Override
            int read(long offset, ByteBuffer into) {
                throw new IllegalStateException("a bug in the source");
            }
        },
        ENDS {
            @Override
            int read(long offset, ByteBuffer into) {
                return -1;
            }
        },
        GIVES_NOTHING {
            @Override
            int read(long offset, ByteBuffer into) {
                return 0;
            }
        },
        SAYS_MORE_THAN_IT_GAVE {
            @Override
            int read(long offset, ByteBuffer into) {
                into.put((byte) 1);
                return PAGE;
            }
        },
        SAYS_LESS_THAN_IT_GAVE {
            @Override
            int read(long offset, ByteBuffer into) {
                into.position(into.limit());
                return 1;
            }
        },
        STALLS {
            @Override
            int read(long offset, ByteBuffer into) throws IOException {
                try {
                    Thread.sleep(30_000);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }
        };

        abstract int read(long offset, ByteBuffer into) throws IOException;
    }

    /** 15: the source is lost in every way, by a reader and by a vCPU; what was outstanding is asked again. */
    @ParameterizedTest
    @EnumSource
    void p15_aLostSourceIsReplacedAndAskedAgain(Loss loss) throws Exception {
        AtomicInteger aborts = new AtomicInteger();
        PageSource failing = new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) throws IOException {
                return loss.read(offset, into);
            }

            @Override
            public void abort() {
                aborts.incrementAndGet();
            }
        };
        try (Rig rig = new Rig(4, failing, b -> b.patience(Duration.ofMillis(100)))) {
            FutureTask<byte[]> first = rig.touch(1);
            rig.awaitState(DemandPager.State.PAUSED);
            rig.guest.awaitCall();
            assertEquals(1, rig.guest.pauses.get());
            assertInstanceOf(PageSourceException.class, rig.pager.cause());
            assertEquals(1, aborts.get());
            FutureTask<byte[]> second = rig.touch(2);
            rig.pager.resume(pattern);
            assertArrayEquals(Pattern.page(1), get(first));
            assertArrayEquals(Pattern.page(2), get(second));
            rig.guest.awaitCall();
            assertEquals(1, rig.guest.resumes.get());
            assertEquals(0, rig.guest.stops.get());
        }
    }

    /** 15: who resumes as soon as he can is not overtaken by the pause, nor by the end of the source before. */
    @Test
    void p15_aResumeComesAfterThePause() throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean fails = new AtomicBoolean(true);
        PageSource sometimes = new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) {
                return fails.get() ? -1 : pattern.read(offset, into);
            }

            @Override
            public void abort() {
                pause(100);
                calls.add("abort");
            }
        };
        try (Rig rig = new Rig(4, sometimes)) {
            FutureTask<byte[]> touch = rig.touch(1);
            rig.awaitState(DemandPager.State.PAUSED);
            fails.set(false);
            calls.add("resumed");
            rig.pager.resume(sometimes);
            assertArrayEquals(Pattern.page(1), get(touch));
            rig.guest.awaitCall();
            rig.guest.awaitCall();
            assertEquals(List.of("pause", "resume"), rig.guest.calls);
            assertEquals(List.of("abort", "resumed"), calls);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** 15: a source must not write behind what was asked for. */
    @Test
    void p15_moreThanWantedIsALoss() throws Exception {
        PageSource generous = (offset, into) -> {
            int before = into.position();
            into.clear().position(into.capacity());
            return into.capacity() - before;
        };
        try (Rig rig = new Rig(4, generous, b -> b.background(true).chunk(3 * PAGE))) {
            rig.awaitState(DemandPager.State.PAUSED);
            Rig.awaitPages(rig.pager, 3);
        }
    }

    /** 15: the same for a vCPU that waits for its page itself. */
    @Test
    void p15_aVcpuWaitsForTheNextSource() throws Exception {
        PageSource failing = (_, _) -> -1;
        try (Rig rig = new Rig(4, failing)) {
            FutureTask<byte[]> vcpu = start(() -> {
                rig.pager.handler().resolve(gpa(1));
                return HostMemory.read(rig.memory, 1);
            });
            rig.awaitState(DemandPager.State.PAUSED);
            rig.pager.resume(pattern);
            assertArrayEquals(Pattern.page(1), get(vcpu));
        }
    }

    /** 15: without a source messages are read all the same: those who discard wait for that. */
    @Test
    void p15_discardsGoOnWhileThereIsNoSource() throws Exception {
        PageSource failing = (_, _) -> -1;
        try (Rig rig = new Rig(4, failing)) {
            FutureTask<byte[]> touch = rig.touch(1);
            rig.awaitState(DemandPager.State.PAUSED);
            get(start(() -> {
                HostMemory.discard(rig.memory, 1, 2);
                return null;
            }));
            rig.pager.resume(pattern);
            assertArrayEquals(ZEROS, get(touch));
        }
    }

    /** 15: a source may give a page in parts, and slowly. */
    @Test
    void p15_partsAreNoLoss() throws Exception {
        PageSource inParts = (offset, into) -> {
            int length = Math.min(1000, into.remaining());
            for (int i = 0; i < length; i++) {
                into.put(Pattern.byteAt(offset + i));
            }
            return length;
        };
        try (Rig rig = new Rig(4, inParts)) {
            assertArrayEquals(Pattern.page(1), get(rig.touch(1)));
            assertEquals(PAGE, rig.pager.figures().total().bytes());
        }
    }

    /** 15: a source that comes next and stalls is replaced as well. */
    @Test
    void p15_theNextSourceMayBeLostAsWell() throws Exception {
        List<PageSource> next = Collections.synchronizedList(new ArrayList<>(List.of(stalling(), pattern)));
        AtomicReference<DemandPager> pager = new AtomicReference<>();
        PagerListener resumes = new PagerListener() {
            @Override
            public void sourceLost(PageSourceException cause) {
                pager.get().resume(next.removeFirst());
            }
        };
        PageSource failing = (_, _) -> -1;
        try (Rig rig = new Rig(4, failing, b -> b.listener(resumes).patience(Duration.ofMillis(50)))) {
            pager.set(rig.pager);
            FutureTask<byte[]> vcpu = start(() -> {
                rig.pager.handler().resolve(gpa(1));
                return HostMemory.read(rig.memory, 1);
            });
            assertArrayEquals(Pattern.page(1), get(vcpu));
            assertEquals(List.of("pause", "resume", "pause", "resume"), rig.guest.calls);
        }
    }

    private static PageSource stalling() {
        Gate aborted = new Gate();
        return new PageSource() {
            @Override
            public int read(long offset, ByteBuffer into) {
                aborted.pass();
                return -1;
            }

            @Override
            public void abort() {
                aborted.open();
            }
        };
    }

    /** 16: a guest that was handed over never runs here again. */
    @Test
    void p16_aGuestThatWasHandedOverStaysWhereItIs() throws Exception {
        RecordingGuest guest = new RecordingGuest();
        HandOverGuard source = new HandOverGuard(guest);
        assertThrows(IllegalStateException.class, source::handOver, "while it runs");
        source.pause();
        source.resume();
        source.pause();
        source.handOver();
        assertTrue(source.isHandedOver());
        IllegalStateException e = assertThrows(IllegalStateException.class, source::resume);
        assertEquals("the guest was handed over: it must not run here again", e.getMessage());
        assertEquals(1, guest.resumes.get());
    }

    /** 17: while somebody waits for a page the background stream asks for nothing. */
    @Test
    void p17_urgentPagesGoAheadOfTheStream() throws Exception {
        Gate stream = new Gate();
        Gate urgent = new Gate();
        List<Long> asked = Collections.synchronizedList(new ArrayList<>());
        PageSource source = (offset, into) -> {
            asked.add(offset);
            if (offset == 0) {
                stream.pass();
            } else if (offset == gpa(60)) {
                urgent.pass();
            }
            return pattern.read(offset, into);
        };
        try (Rig rig = new Rig(64, source, b -> b.background(true).chunk(PAGE))) {
            stream.awaitArrival();
            FutureTask<byte[]> touch = rig.touch(60);
            urgent.awaitArrival();
            stream.open();
            Thread.sleep(50);
            assertEquals(List.of(0L, gpa(60)), List.copyOf(asked));
            urgent.open();
            assertArrayEquals(Pattern.page(60), get(touch));
            rig.awaitState(DemandPager.State.COMPLETE);
            assertEquals(64, asked.size(), "each page is asked for once");
        }
    }

    /** 18: state is read whole before it is loaded, and loading may fault. */
    @Test
    void p18_halfAStateIsNotLoadedAndLoadingMayFault() throws Exception {
        try (Rig rig = new Rig(4, pattern)) {
            AtomicInteger loads = new AtomicInteger();
            EOFException e = assertThrows(
                    EOFException.class,
                    () -> rig.pager.loadState(
                            Channels.newChannel(new ByteArrayInputStream(new byte[10])),
                            16,
                            _ -> loads.incrementAndGet()));
            assertEquals("the state ends after 10 of 16 bytes", e.getMessage());
            assertEquals(0, loads.get());
            rig.pager.loadState(Channels.newChannel(new ByteArrayInputStream(new byte[16])), 16, state -> {
                assertEquals(16, state.remaining());
                loads.addAndGet(HostMemory.readByte(rig.address(1)));
            });
            assertEquals(Pattern.byteAt(PAGE), loads.get());
        }
    }

    /** 19: memory that is still being restored must not be taken for the whole. */
    @Test
    void p19_noSnapshotWhileRestoring() throws Exception {
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(0, gate), b -> b.background(true).chunk(PAGE))) {
            gate.awaitArrival();
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> rig.pager.requireComplete("snapshot"));
            assertEquals("no snapshot while memory is being restored: 4 pages are still to come", e.getMessage());
            gate.open();
            rig.awaitState(DemandPager.State.COMPLETE);
            rig.pager.requireComplete("snapshot");
        }
    }

    /** 20: idle readers end at once, and so do those inside a silent connection. */
    @Test
    void p20_closingEndsReadersWhereverTheyAre(@TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("silent"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            for (int touched = 0; touched < 2; touched++) {
                SocketChannel channel = SocketChannel.open(address);
                Rig rig = new Rig(4, PageSource.socket(channel), b -> b.readers(2));
                try (SocketChannel silent = server.accept()) {
                    if (touched == 1) {
                        FutureTask<byte[]> touch = rig.touch(1);
                        silent.read(ByteBuffer.allocate(1));
                        assertFalse(touch.isDone());
                    }
                    get(start(() -> {
                        rig.close();
                        return null;
                    }));
                    assertFalse(channel.isOpen());
                }
            }
        }
        assertEquals(0, OwnProcess.pagerThreads());
    }

    /** 20: a pager that cannot start says why, and leaves nothing behind. */
    @Test
    void p20_aFailureToStartIsShownAndLeavesNothing() throws Exception {
        MemorySegment memory = HostMemory.anonymous(4);
        HostMemory.unmap(memory);
        long before = OwnProcess.descriptors();
        ErrnoException e = assertThrows(ErrnoException.class, () -> new Rig(memory, pattern, b -> b));
        assertTrue(e.getMessage().startsWith("UFFDIO_REGISTER("), e.getMessage());
        assertEquals(before, OwnProcess.descriptors());
        assertEquals(0, OwnProcess.pagerThreads());
    }

    /** 21: ESRCH, the process is gone whose memory it was. */
    @Test
    void p21_aProcessThatIsGoneStopsTheGuest() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the numbers of the system calls are x86_64's");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        OtherProcess.classPath(),
                        OtherProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Scanner told = new Scanner(process.getInputStream(), StandardCharsets.US_ASCII);
        long theirs = told.nextLong();
        long address = told.nextLong();
        long pidfd = HostMemory.systemCall(OtherProcess.SYS_PIDFD_OPEN, process.pid(), 0, 0);
        long fd = HostMemory.systemCall(OtherProcess.SYS_PIDFD_GETFD, pidfd, theirs, 0);
        assumeTrue(fd >= 0, "this process may not take another's descriptor");
        process.destroyForcibly().waitFor();
        try (Rig rig = new Rig(4, pattern)) {
            MemorySegment page = HostMemory.anonymous(1);
            assertEquals(Errno.ESRCH, new UffdCalls((int) fd).copy(address, page.address(), PAGE, 0));
            HostMemory.replaceDescriptor((int) fd, rig.pager.fd());
            ExecutionException e = assertThrows(
                    ExecutionException.class,
                    () -> get(start(() -> {
                        rig.pager.handler().resolve(gpa(1));
                        return null;
                    })));
            assertEquals(
                    "the process whose memory this was has ended", e.getCause().getMessage());
            assertEquals(DemandPager.State.FAILED, rig.pager.state());
            assertEquals(1, rig.guest.stops.get());
        } finally {
            HostMemory.close((int) fd);
            HostMemory.close((int) pidfd);
        }
    }

    /** 21: ENOENT, the registration is gone while the content is on its way. */
    @Test
    void p21_aMappingThatChangedStopsTheGuest() throws Exception {
        Gate gate = new Gate();
        try (Rig rig = new Rig(4, gatedAt(1, gate))) {
            FutureTask<?> vcpu = start(() -> {
                rig.pager.handler().resolve(gpa(1));
                return null;
            });
            gate.awaitArrival();
            unregister(rig);
            gate.open();
            assertThrows(ExecutionException.class, () -> get(vcpu));
            assertEquals(DemandPager.State.FAILED, rig.pager.state());
            assertTrue(message(rig).contains("its registration ended"), message(rig));
        }
    }

    private static void unregister(Rig rig) {
        try (Arena arena = Arena.ofConfined()) {
            UffdioRange range = UffdioRange.allocate(arena);
            range.start(rig.memory.address()).len(rig.memory.byteSize());
            UserfaultfdIoctls.of(rig.pager.fd()).unregister(range);
        }
    }
}
