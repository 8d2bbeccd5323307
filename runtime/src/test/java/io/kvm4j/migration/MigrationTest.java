package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.Transport;
import io.kvm4j.migration.MigrationWire.Conversation;
import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.Mapping;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose the guest is, whatever is lost on the way. The guest of these tests does nothing but tell what it is told. */
@Timeout(300)
class MigrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final PageSource ONES = (offset, into) -> {
        int length = into.remaining();
        while (into.hasRemaining()) {
            into.put((byte) 1);
        }
        return length;
    };

    @TempDir
    Path folder;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    /** A guest that notes what it is told. */
    private class Told implements OutgoingGuest {
        @Override
        public StoppedGuest stop() throws MigrationRefusedException {
            told.add("stop");
            return new StoppedGuest(List.of(new MemoryRange(0, Mapping.PAGE_SIZE)), ByteBuffer.wrap(new byte[] {1, 2}));
        }

        @Override
        public void resume() {
            told.add("resume");
        }

        @Override
        public void handOver() {
            told.add("hand over");
        }
    }

    private static final MigrationListener NOBODY = new MigrationListener() {};

    private MigrationSource source(OutgoingGuest guest) throws IOException {
        return source(guest, ANY, PATIENCE);
    }

    private MigrationSource source(OutgoingGuest guest, InetSocketAddress address, Duration patience)
            throws IOException {
        HandOverRecord handOver = HandOverRecord.open(folder);
        MigrationSource source = MigrationSource.listen(address, handOver, ONES, guest, patience, NOBODY);
        open.add(handOver);
        open.add(source);
        return source;
    }

    /** Has a thread answer destinations until the source is closed. */
    private static void answer(MigrationSource source) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                source.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static <T> FutureTask<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().daemon().start(future);
        return future;
    }

    private static <T> T get(FutureTask<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private MigrationDestination destination(InetSocketAddress source) {
        return new MigrationDestination(source, 1 << 20, PATIENCE, NOBODY);
    }

    private void awaitTold(String... expected) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!told.equals(List.of(expected)) && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        assertEquals(List.of(expected), List.copyOf(told));
    }

    @Test
    void aGuestMoves() throws Exception {
        MigrationSource source = source(new Told());
        FutureTask<Boolean> running = start(source::run);
        try (IncomingGuest arrival = destination(source.address()).receive()) {
            assertEquals(
                    List.of(new MemoryRange(0, Mapping.PAGE_SIZE)),
                    arrival.guest().memory());
            assertEquals(ByteBuffer.wrap(new byte[] {1, 2}), arrival.guest().state());
            PageSource pages = arrival.connectPages();
            ByteBuffer page = ByteBuffer.allocateDirect(4096);
            assertEquals(4096, pages.read(0, page));
            assertEquals(1, page.get(4095));
            assertFalse(Files.exists(folder.resolve("handed-over")));
            assertTrue(arrival.takeOver());
            assertTrue(Files.exists(folder.resolve("handed-over")));
            assertEquals(4096, pages.read(0, page.clear()));
            arrival.release();
            assertTrue(get(running));
            pages.abort();
        }
        awaitTold("stop", "hand over");
    }

    @Test
    void aDestinationGetsOneGuest() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        MigrationDestination destination = destination(source.address());
        try (IncomingGuest arrival = destination.receive()) {
            assertTrue(arrival.takeOver());
        }
        assertThrows(IllegalStateException.class, destination::receive);
    }

    @Test
    void aDestinationThatGoesBeforeItIsReadyLeavesTheGuest() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        MigrationDestination destination = destination(source.address());
        IncomingGuest arrival = destination.receive();
        PageSource pages = arrival.connectPages();
        arrival.close();
        awaitTold("stop", "resume");
        // What the pages are now is not what they were when the guest stood.
        assertThrows(IOException.class, () -> pages.read(0, ByteBuffer.allocateDirect(1)));
        assertThrows(MigrationRefusedException.class, arrival::connectPages);
        try (IncomingGuest again = destination.receive()) {
            assertTrue(again.takeOver());
        }
        awaitTold("stop", "resume", "stop", "hand over");
    }

    @Test
    void aDestinationThatIsNotReadyInTimeDoesNotGetTheGuest() throws Exception {
        MigrationSource source = source(new Told(), ANY, Duration.ofMillis(100));
        answer(source);
        try (IncomingGuest arrival = destination(source.address()).receive()) {
            awaitTold("stop", "resume");
            assertFalse(arrival.takeOver());
        }
    }

    @Test
    void anotherDestinationWaitsAndIsRefusedInTheEnd() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        CountDownLatch waits = new CountDownLatch(1);
        MigrationDestination other =
                new MigrationDestination(source.address(), 1 << 20, PATIENCE, new MigrationListener() {
                    @Override
                    public void waiting(IOException why) {
                        told.add(why.getMessage());
                        waits.countDown();
                    }
                });
        try (IncomingGuest arrival = destination(source.address()).receive()) {
            FutureTask<IncomingGuest> second = start(other::receive);
            assertTrue(waits.await(20, TimeUnit.SECONDS));
            assertTrue(arrival.takeOver());
            Exception e = assertThrows(Exception.class, () -> get(second));
            assertEquals(
                    "the guest was handed over before, to another destination",
                    e.getCause().getMessage());
        }
        awaitTold("stop", "the source is busy with another destination", "hand over");
    }

    /** What was handed over to one destination is nothing to others, whatever they ask for. */
    @ParameterizedTest
    @ValueSource(ints = {MigrationWire.MOVE, MigrationWire.QUERY, MigrationWire.PAGES, MigrationWire.DONE})
    void whoIsNotTheDestinationGetsNothing(int kind) throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        try (IncomingGuest arrival = destination(source.address()).receive()) {
            assertTrue(arrival.takeOver());
            try (Conversation stranger = Conversation.connect(Transport.loopback(source.address()), PATIENCE)) {
                stranger.greet(kind, new MoveAttempt(1, 2));
                assertThrows(
                        MigrationRefusedException.class,
                        () -> stranger.readVerdict(
                                List.of(MigrationWire.YOURS, MigrationWire.SERVING, MigrationWire.NOTED)));
            }
            arrival.connectPages().abort();
        }
        awaitTold("stop", "hand over");
    }

    @Test
    void aGuestThatHasEndedIsNotMoved() throws Exception {
        MigrationSource source = source(new Told() {
            @Override
            public StoppedGuest stop() throws MigrationRefusedException {
                throw new MigrationRefusedException("the guest has ended");
            }
        });
        answer(source);
        MigrationDestination destination = destination(source.address());
        assertEquals(
                "the guest has ended",
                assertThrows(MigrationRefusedException.class, destination::receive)
                        .getMessage());
        assertEquals(List.of(), told);
    }

    @Test
    void aGuestWhoseStateCannotBeSavedRunsOn() throws Exception {
        MigrationSource source = source(new Told() {
            @Override
            public StoppedGuest stop() {
                throw new IllegalStateException("no state");
            }
        });
        answer(source);
        MigrationDestination destination = destination(source.address());
        assertEquals(
                "the guest's state cannot be saved: no state",
                assertThrows(MigrationRefusedException.class, destination::receive)
                        .getMessage());
        awaitTold("resume");
    }

    /** The answer to READY is lost after the source has decided: asked again, the source says what it decided. */
    @Test
    void aLostAnswerIsAskedForAgain() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        try (CutProxy proxy = new CutProxy(source.address())) {
            MigrationDestination destination = destination(proxy.address());
            IncomingGuest arrival = destination.receive();
            proxy.loseAnswers(true);
            FutureTask<Boolean> taken = start(arrival::takeOver);
            awaitTold("stop", "hand over");
            assertFalse(taken.isDone());
            proxy.loseAnswers(false);
            assertTrue(get(taken));
        }
        awaitTold("stop", "hand over");
    }

    /** The same with a source that was killed, and started again in its directory. */
    @Test
    void aLostAnswerIsAskedOfTheNextProcess() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        InetSocketAddress address = source.address();
        try (CutProxy proxy = new CutProxy(address)) {
            IncomingGuest arrival = destination(proxy.address()).receive();
            proxy.loseAnswers(true);
            FutureTask<Boolean> taken = start(arrival::takeOver);
            awaitTold("stop", "hand over");
            close();
            open.clear();
            proxy.cut();
            Thread.sleep(50);
            assertFalse(taken.isDone());
            HandOverRecord record = HandOverRecord.open(folder);
            open.add(record);
            assertTrue(record.isHandedOver());
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> MigrationSource.listen(address, record, ONES, new Told(), PATIENCE, NOBODY));
            assertEquals("a guest that was handed over, and must not run here", e.getMessage());
            MigrationSource next = MigrationSource.listen(address, record, ONES, null, PATIENCE, NOBODY);
            open.add(next);
            answer(next);
            proxy.loseAnswers(false);
            assertTrue(get(taken));
            PageSource pages = arrival.reconnectPages();
            assertEquals(1, pages.read(0, ByteBuffer.allocateDirect(1)));
            pages.abort();
            MigrationDestination other = destination(address);
            assertThrows(MigrationRefusedException.class, other::receive);
        }
        awaitTold("stop", "hand over");
    }

    /** Where the source was, something sends back what it gets: a query, sent back, looks like an answer. */
    @Test
    void anEchoIsNoDecision() throws Exception {
        ByteArrayOutputStream stopped = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(stopped);
        out.writeLong(MigrationWire.MAGIC);
        out.writeInt(MigrationWire.VERSION);
        out.writeInt(MigrationWire.STOPPED);
        out.writeLong(5);
        out.writeInt(Mapping.PAGE_SIZE);
        out.writeInt(0);
        out.writeInt(0);
        CountDownLatch echoed = new CountDownLatch(2);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var _ = start(() -> {
                try (Socket peer = server.accept()) {
                    peer.getInputStream().readNBytes(32);
                    peer.getOutputStream().write(stopped.toByteArray());
                    peer.getInputStream().readNBytes(4);
                }
                while (true) {
                    try (Socket peer = server.accept()) {
                        byte[] said = peer.getInputStream().readNBytes(32);
                        peer.getOutputStream().write(said);
                        echoed.countDown();
                    }
                }
            });
            IncomingGuest arrival = destination(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()))
                    .receive();
            FutureTask<Boolean> taken = new FutureTask<>(arrival::takeOver);
            Thread asking = Thread.ofPlatform().daemon().start(taken);
            assertTrue(echoed.await(20, TimeUnit.SECONDS), "the destination has asked no more than once");
            assertFalse(taken.isDone());
            asking.interrupt();
            asking.join();
        }
    }

    /** READY itself is lost: the source keeps the guest, and says so. */
    @Test
    void aLostReadyLeavesTheGuest() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        try (CutProxy proxy = new CutProxy(source.address())) {
            IncomingGuest arrival = destination(proxy.address()).receive();
            proxy.cut();
            assertFalse(arrival.takeOver());
        }
        awaitTold("stop", "resume");
    }

    /** A destination that asks while its old conversation is open on the source's side gets a final answer. */
    @Test
    void aQueryEndsTheConversationThatItIsAbout() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        try (CutProxy proxy = new CutProxy(source.address())) {
            IncomingGuest arrival = destination(proxy.address()).receive();
            proxy.cutTowardsDestination();
            assertFalse(arrival.takeOver());
        }
        awaitTold("stop", "resume");
    }

    /** A hand-over that may or may not have been recorded leaves the guest to nobody. */
    @Test
    void anUndecidedHandOverLeavesTheGuestToNobody() throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        try (IncomingGuest arrival = destination(source.address()).receive()) {
            Files.createDirectories(folder.resolve("handed-over/in the way"));
            MigrationRefusedException e = assertThrows(MigrationRefusedException.class, arrival::takeOver);
            assertTrue(e.getMessage().contains("stands until somebody decides"), e.getMessage());
        }
        awaitTold("stop", "hand over");
    }

    @Test
    void aDirectoryHasOneSource() throws Exception {
        source(new Told());
        IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
        assertEquals(folder + " is in use: another source has it, end that first", e.getMessage());
    }

    @Test
    void aDamagedRecordIsNoRecordOfNothing() throws Exception {
        Files.writeString(folder.resolve("handed-over"), "destination");
        IOException e = assertThrows(IOException.class, () -> HandOverRecord.open(folder));
        assertTrue(e.getMessage().contains("is damaged: the guest was handed over"), e.getMessage());
    }

    /** Peers that are no destinations harm neither the guest nor the source. */
    @ParameterizedTest
    @CsvSource({"'', 0", "48545450, 0", "6b766d346a6d6967, 2", "6b766d346a6d6967, 1"})
    void strangersAreTurnedAway(String start, int version) throws Exception {
        MigrationSource source = source(new Told());
        answer(source);
        try (Socket stranger =
                new Socket(source.address().getAddress(), source.address().getPort())) {
            DataOutputStream out = new DataOutputStream(stranger.getOutputStream());
            out.write(java.util.HexFormat.of().parseHex(start));
            out.writeInt(version);
            out.writeInt(77);
            if (start.length() < 16) {
                stranger.shutdownOutput();
            }
            assertTrue(isClosedByPeer(stranger));
        }
        try (IncomingGuest arrival = destination(source.address()).receive()) {
            assertTrue(arrival.takeOver());
        }
        awaitTold("stop", "hand over");
    }

    private static boolean isClosedByPeer(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException e) {
            return "Connection reset".equals(e.getMessage());
        }
    }

    /** Sources that lie about their guest are not believed, and take no memory. */
    @ParameterizedTest
    @CsvSource({
        "4097, 0, 0, 0, 0, 'the source has pages of 4097 bytes, this host of 4096'",
        "4096, -1, 0, 0, 0, '-1 ranges of memory'",
        "4096, 1025, 0, 0, 0, '1025 ranges of memory'",
        "4096, 1, 0, 1052672, 0, 'the guest has more memory than the 1048576 bytes that it may have'",
        "4096, 1, 1, 4096, 0, 'a range of memory that is not made of pages: 0x1000 bytes at 0x1'",
        "4096, 1, -4096, 4096, 0, '4096 bytes at gpa 0xfffffffffffff000 are no range of memory'",
        "4096, 1, 0, -4096, 0, '-4096 bytes at gpa 0x0 are no range of memory'",
        "4096, 1, 9223372036854771712, 4096, 0, '4096 bytes at gpa 0x7ffffffffffff000 are no range of memory'",
        "4096, 1, 0, 4096, -1, 'a state of -1 bytes'",
        "4096, 1, 0, 4096, 16777217, 'a state of 16777217 bytes'",
    })
    void liesAreNotBelieved(int pageSize, int ranges, long gpa, long size, int state, String message) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream lie = new DataOutputStream(bytes);
        lie.writeLong(MigrationWire.MAGIC);
        lie.writeInt(MigrationWire.VERSION);
        lie.writeInt(MigrationWire.STOPPED);
        lie.writeLong(5);
        lie.writeInt(pageSize);
        lie.writeInt(ranges);
        lie.writeLong(gpa);
        lie.writeLong(size);
        lie.writeInt(state);
        assertEquals(message, waitingFor(bytes.toByteArray()));
    }

    @Test
    void whatIsNoSourceIsSaidToBeNone() throws Exception {
        assertEquals(
                "the other end is no source of a migration: it says 0x485454502f312e31",
                waitingFor("HTTP/1.1 200 OK\r\n\r\n........".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream long_ = new DataOutputStream(bytes);
        long_.writeLong(MigrationWire.MAGIC);
        long_.writeInt(MigrationWire.VERSION);
        long_.writeInt(MigrationWire.REFUSED);
        long_.writeLong(5);
        long_.writeInt(513);
        assertEquals("a reason of 513 bytes", waitingFor(bytes.toByteArray()));
    }

    /** Why a destination waits whose source says this. */
    private String waitingFor(byte[] said) throws Exception {
        told.clear();
        CountDownLatch waits = new CountDownLatch(1);
        try (ServerSocket liar = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            FutureTask<Void> lying = start(() -> {
                while (true) {
                    try (Socket victim = liar.accept()) {
                        new DataInputStream(victim.getInputStream()).readNBytes(32);
                        victim.getOutputStream().write(said);
                    }
                }
            });
            MigrationDestination destination = new MigrationDestination(
                    new InetSocketAddress(liar.getInetAddress(), liar.getLocalPort()),
                    1 << 20,
                    PATIENCE,
                    new MigrationListener() {
                        @Override
                        public void waiting(IOException why) {
                            told.add(why.getMessage());
                            waits.countDown();
                        }
                    });
            Thread receiver = Thread.ofPlatform().daemon().start(() -> {
                try {
                    destination.receive();
                } catch (IOException | InterruptedException e) {
                    told.add("ended");
                }
            });
            assertTrue(waits.await(20, TimeUnit.SECONDS));
            receiver.interrupt();
            receiver.join();
            assertFalse(lying.isDone());
        }
        return told.getFirst();
    }
}
