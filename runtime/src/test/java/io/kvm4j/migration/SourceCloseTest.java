package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.Transport;
import io.kvm4j.migration.MigrationWire.Conversation;
import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.Mapping;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a source accepted acts after the source is closed, or after the destination needs nothing more. */
@Timeout(300)
class SourceCloseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final MigrationListener SILENT = new MigrationListener() {};

    @TempDir
    Path folder;

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    private class RecordingGuest implements OutgoingGuest {
        @Override
        public StoppedGuest stop() {
            calls.add("stop");
            return new StoppedGuest(List.of(new MemoryRange(0, Mapping.PAGE_SIZE)), ByteBuffer.allocate(1));
        }

        @Override
        public void resume() {
            calls.add("resume");
        }

        @Override
        public void handOver() {
            calls.add("hand over");
        }
    }

    private HandOverRecord record() throws IOException {
        HandOverRecord handOver = HandOverRecord.open(folder);
        open.add(handOver);
        return handOver;
    }

    private MigrationSource source(HandOverRecord handOver, PageSource pages) throws IOException {
        MigrationSource source = MigrationSource.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                handOver,
                pages,
                new RecordingGuest(),
                PATIENCE,
                SILENT);
        open.add(source);
        return source;
    }

    private static FutureTask<Boolean> answer(MigrationSource source) {
        FutureTask<Boolean> running = new FutureTask<>(source::run);
        Thread.ofPlatform().daemon().start(running);
        return running;
    }

    private static MigrationDestination destination(MigrationSource source) throws IOException {
        return new MigrationDestination(source.address(), 1 << 20, PATIENCE, SILENT);
    }

    private static int zeros(long offset, ByteBuffer into) {
        int length = into.remaining();
        into.put(new byte[length]);
        return length;
    }

    private static byte[] greeting(int kind) {
        return ByteBuffer.allocate(40)
                .putLong(MigrationWire.MAGIC)
                .putInt(MigrationWire.VERSION)
                .putInt(kind)
                .putLong(1)
                .putLong(0)
                .flip()
                .slice()
                .array();
    }

    /** The last byte of a greeting reaches a source that was closed: it neither stops the guest nor gives it away. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16, 31})
    void aGreetingThatOutlivesTheSourceGetsNothing(int early) throws Exception {
        HandOverRecord handOver = record();
        MigrationSource source = source(handOver, SourceCloseTest::zeros);
        FutureTask<Boolean> running = answer(source);
        byte[] greeting = greeting(MigrationWire.MOVE);
        try (Socket peer =
                new Socket(source.address().getAddress(), source.address().getPort())) {
            peer.getOutputStream().write(greeting, 0, early);
            awaitThreadIn("readGreeting");
            source.close();
            handOver.close();
            HandOverRecord next = record();
            assertGetsNothing(peer, greeting, early);
            assertFalse(running.get(10, TimeUnit.SECONDS));
            assertFalse(next.isHandedOver());
        }
        assertEquals(List.of(), calls);
        assertFalse(Files.exists(folder.resolve("handed-over")));
    }

    private static void assertGetsNothing(Socket peer, byte[] greeting, int early) throws IOException {
        try {
            peer.getOutputStream().write(greeting, early, 32 - early);
            peer.setSoTimeout(10_000);
            assertEquals(-1, peer.getInputStream().read());
        } catch (SocketException e) {
            // The source has closed the connection, as it should.
        }
    }

    private static void awaitThreadIn(String method) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (Thread.getAllStackTraces().values().stream()
                .noneMatch(frames -> List.of(frames).stream()
                        .anyMatch(frame -> frame.getMethodName().equals(method)))) {
            assertTrue(System.nanoTime() < deadline, "no thread is in " + method);
            Thread.sleep(1);
        }
    }

    /** Closing the record alone is enough for the guest to stay. */
    @Test
    void aClosedRecordHandsNothingOver() throws Exception {
        HandOverRecord handOver = record();
        MigrationSource source = source(handOver, SourceCloseTest::zeros);
        var _ = answer(source);
        handOver.close();
        MigrationDestination destination = destination(source);
        assertThrows(MigrationRefusedException.class, destination::receive);
        assertEquals(List.of(), calls);
    }

    @Test
    void aClosedRecordRefusesToPrepareAndToCommit() throws Exception {
        HandOverRecord handOver = record();
        handOver.prepare(new MoveAttempt(1, 2));
        handOver.close();
        HandOverRecord next = record();
        assertThrows(IOException.class, () -> handOver.prepare(new MoveAttempt(1, 2)));
        assertThrows(IOException.class, () -> handOver.commit(new MoveAttempt(1, 2)));
        assertFalse(Files.exists(folder.resolve("handed-over")));
        next.close();
        assertFalse(record().isHandedOver());
    }

    /** A guest whose record is closed while a destination gets ready runs on. */
    @Test
    void aRecordThatIsClosedDuringAMoveKeepsTheGuest() throws Exception {
        HandOverRecord handOver = record();
        MigrationSource source = source(handOver, SourceCloseTest::zeros);
        var _ = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            handOver.close();
            assertThrows(MigrationRefusedException.class, arrival::takeOver);
        }
        source.close();
        assertEquals(List.of("stop", "resume"), calls);
        assertFalse(record().isHandedOver());
    }

    /** When the source is closed in the middle of a move, the guest has been resumed by the time that close returns. */
    @Test
    void closeWaitsForTheMove() throws Exception {
        MigrationSource source = source(record(), SourceCloseTest::zeros);
        var _ = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            source.close();
            assertEquals(List.of("stop", "resume"), List.copyOf(calls));
            assertEquals(List.of(), threadsNamed("migration-"));
            arrival.guest();
        }
    }

    private static List<String> threadsNamed(String start) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(start))
                .toList();
    }

    @Test
    void noPageIsServedAfterDone() throws Exception {
        MigrationSource source = source(record(), SourceCloseTest::zeros);
        FutureTask<Boolean> running = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            PageSource pages = arrival.connectPages();
            open.add(pages::abort);
            assertEquals(4096, pages.read(0, ByteBuffer.allocateDirect(4096)));
            assertTrue(arrival.takeOver());
            arrival.release();
            assertThrows(IOException.class, () -> pages.read(0, ByteBuffer.allocateDirect(4096)));
            assertTrue(running.get(10, TimeUnit.SECONDS));
        }
    }

    /** A connection for pages that was greeted before DONE, and is answered after it, gets none either. */
    @Test
    void noConnectionForPagesOutlivesDone() throws Exception {
        MigrationSource source = source(record(), SourceCloseTest::zeros);
        var _ = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertTrue(arrival.takeOver());
            PageSource first = arrival.connectPages();
            open.add(first::abort);
            PageSource second = arrival.connectPages();
            open.add(second::abort);
            arrival.release();
            assertThrows(IOException.class, () -> first.read(0, ByteBuffer.allocateDirect(1)));
            assertThrows(IOException.class, () -> second.read(0, ByteBuffer.allocateDirect(1)));
            assertThrows(IOException.class, arrival::connectPages);
        }
    }

    /** The caller may free the pages as soon as close has returned. */
    @Test
    void noPageIsReadWhenCloseHasReturned() throws Exception {
        AtomicInteger readers = new AtomicInteger();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MigrationSource source = source(record(), (offset, into) -> {
            readers.incrementAndGet();
            reading.countDown();
            awaitUninterrupted(goOn);
            int length = zeros(offset, into);
            readers.decrementAndGet();
            return length;
        });
        var _ = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            PageSource pages = arrival.connectPages();
            open.add(pages::abort);
            FutureTask<Integer> read = new FutureTask<>(() -> pages.read(0, ByteBuffer.allocateDirect(4096)));
            Thread.ofPlatform().daemon().start(read);
            assertTrue(reading.await(10, TimeUnit.SECONDS));
            FutureTask<Integer> closing = new FutureTask<>(() -> {
                source.close();
                return readers.get();
            });
            Thread.ofPlatform().daemon().start(closing);
            Thread.sleep(50);
            goOn.countDown();
            assertEquals(0, closing.get(10, TimeUnit.SECONDS));
            assertEquals(List.of(), threadsNamed("migration-"));
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A source may be closed by what it calls; nothing waits for itself. */
    @Test
    void aCallbackMayCloseTheSource() throws Exception {
        List<MigrationSource> sources = new ArrayList<>();
        CountDownLatch listening = new CountDownLatch(1);
        MigrationSource source = MigrationSource.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                record(),
                SourceCloseTest::zeros,
                new RecordingGuest(),
                PATIENCE,
                new MigrationListener() {
                    @Override
                    public void stopped() {
                        try {
                            assertTrue(listening.await(10, TimeUnit.SECONDS));
                            sources.getFirst().close();
                        } catch (IOException | InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }
                });
        sources.add(source);
        listening.countDown();
        FutureTask<Boolean> running = answer(source);
        try (Conversation peer = Conversation.connect(Transport.loopback(source.address()), PATIENCE)) {
            peer.greet(MigrationWire.MOVE, new MoveAttempt(1, 0));
            assertThrows(IOException.class, () -> peer.readVerdict(List.of(MigrationWire.STOPPED)));
        }
        assertFalse(running.get(10, TimeUnit.SECONDS));
        source.close();
        assertEquals(List.of("stop", "resume"), calls);
    }
}
