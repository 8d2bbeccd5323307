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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callbacks that throw: the guest goes on, or its owner is told; and no peer is left without an answer. */
@Timeout(300)
class CallbackFailureTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();
    private List<String> failing = List.of();
    private String kind = "";

    @AfterEach
    void close() throws Exception {
        Thread.setDefaultUncaughtExceptionHandler(null);
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    /** Notes a call, and throws if it is to fail. */
    private void call(String name) {
        calls.add(name);
        if (failing.contains(name)) {
            switch (kind) {
                case "exception" -> throw new IllegalStateException(name + " failed");
                case "error" -> throw new InternalError(name + " failed");
                default -> throw new StackOverflowError();
            }
        }
    }

    private final OutgoingGuest guest = new OutgoingGuest() {
        @Override
        public StoppedGuest stop() {
            call("stop");
            return new StoppedGuest(List.of(new MemoryRange(0, Mapping.PAGE_SIZE)), ByteBuffer.allocate(1));
        }

        @Override
        public void resume() {
            call("resume");
        }

        @Override
        public void handOver() {
            call("hand over");
        }

        @Override
        public void takeBack() {
            call("take back");
        }

        @Override
        public void end() {
            call("end");
        }
    };

    private final MigrationListener listener = new MigrationListener() {
        @Override
        public void stopped() {
            call("stopped");
        }

        @Override
        public void kept(Exception why) {
            call("kept");
        }

        @Override
        public void notResumed(Exception why) {
            call("not resumed");
        }

        @Override
        public void handedOver() {
            call("handed over");
        }

        @Override
        public void serving() {
            call("serving");
        }

        @Override
        public void connectionEnded(IOException why) {
            call("connection ended");
        }

        @Override
        public void declined(String reason) {
            call("declined");
        }

        @Override
        public void waiting(IOException why) {
            call("waiting");
        }

        @Override
        public void goesOn() {
            call("goes on");
        }
    };

    private MigrationSource source(PageSource pages) throws IOException {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(String.valueOf(e.getMessage())));
        HandOverRecord handOver = HandOverRecord.open(folder);
        open.add(handOver);
        MigrationSource source = MigrationSource.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handOver, pages, guest, PATIENCE, listener);
        open.add(source);
        return source;
    }

    private static FutureTask<Boolean> answer(MigrationSource source) {
        FutureTask<Boolean> running = new FutureTask<>(source::run);
        Thread.ofPlatform().daemon().start(running);
        return running;
    }

    private static MigrationDestination destination(MigrationSource source) throws IOException {
        return new MigrationDestination(source.address(), 1 << 20, PATIENCE, new MigrationListener() {});
    }

    private static int zeros(long offset, ByteBuffer into) {
        int length = into.remaining();
        into.put(new byte[length]);
        return length;
    }

    private void awaitCall(String name) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!calls.contains(name)) {
            assertTrue(System.nanoTime() < deadline, () -> "no " + name + ": " + calls);
            Thread.sleep(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "error", "stack overflow"})
    void aGuestThatCannotBeStoppedRunsOn(String how) throws Exception {
        kind = how;
        failing = List.of("stop", "kept", "declined");
        MigrationSource source = source(CallbackFailureTest::zeros);
        FutureTask<Boolean> running = answer(source);
        assertThrows(MigrationRefusedException.class, destination(source)::receive);
        awaitCall("declined");
        assertEquals(List.of("stop", "resume", "kept", "declined"), List.copyOf(calls));
        assertFalse(running.isDone());
    }

    /** Before the hand-over is decided, whatever fails leaves the guest running. */
    @ParameterizedTest
    @CsvSource({"exception", "error", "stack overflow"})
    void aGuestThatCannotBeGivenUpRunsOn(String how) throws Exception {
        kind = how;
        failing = List.of("stopped", "hand over", "kept");
        MigrationSource source = source(CallbackFailureTest::zeros);
        FutureTask<Boolean> running = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertFalse(arrival.takeOver());
        }
        awaitCall("kept");
        assertEquals(List.of("stop", "stopped", "hand over", "take back", "resume", "kept"), calls.subList(0, 6));
        assertFalse(running.isDone());
    }

    /** A guest that stays stopped has an owner who knows. */
    @ParameterizedTest
    @CsvSource({"exception, resume", "error, resume", "exception, take back", "error, take back"})
    void theOwnerIsToldOfAGuestThatCannotBeResumed(String how, String step) throws Exception {
        kind = how;
        failing = List.of("hand over", step, "not resumed");
        MigrationSource source = source(CallbackFailureTest::zeros);
        FutureTask<Boolean> running = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertFalse(arrival.takeOver());
        }
        awaitCall("not resumed");
        assertFalse(calls.contains("kept"));
        assertFalse(running.isDone());
    }

    @Test
    void aListenerThatDoesNotKnowOfItHasItReportedAsUncaught() throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(String.valueOf(e.getMessage())));
        new GuardedListener(new MigrationListener() {}).notResumed(new IllegalStateException("no vCPU"));
        assertEquals(List.of("the guest was not handed over, and could not be resumed"), uncaught);
    }

    /** After the hand-over was recorded, nothing keeps its answer from the destination. */
    @ParameterizedTest
    @ValueSource(strings = {"exception", "error", "stack overflow"})
    void aListenerThatThrowsDoesNotHinderTheHandOver(String how) throws Exception {
        kind = how;
        failing = List.of("stopped", "handed over", "end", "serving", "connection ended", "declined");
        MigrationSource source = source(CallbackFailureTest::zeros);
        FutureTask<Boolean> running = answer(source);
        try (Socket stranger =
                new Socket(source.address().getAddress(), source.address().getPort())) {
            stranger.getOutputStream().write(new byte[Long.BYTES]);
            assertEquals(-1, stranger.getInputStream().read());
        }
        try (IncomingGuest arrival = destination(source).receive()) {
            assertTrue(arrival.takeOver());
            PageSource pages = arrival.connectPages();
            open.add(pages::abort);
            assertEquals(4096, pages.read(0, ByteBuffer.allocateDirect(4096)));
            try (Conversation stranger = Conversation.connect(Transport.loopback(source.address()), PATIENCE)) {
                stranger.greet(MigrationWire.DONE, new MoveAttempt(1, 2));
                assertThrows(MigrationRefusedException.class, () -> stranger.readVerdict(List.of(MigrationWire.NOTED)));
            }
            arrival.release();
            assertTrue(running.get(20, TimeUnit.SECONDS));
        }
        assertTrue(uncaught.size() >= 5, uncaught::toString);
    }

    /** A page that cannot be read ends the connection, and neither the source nor its peer. */
    @Test
    void aPageThatThrowsAnErrorEndsItsConnection() throws Exception {
        MigrationSource source = source((offset, into) -> {
            throw new InternalError("a fault in a mapped file");
        });
        FutureTask<Boolean> running = answer(source);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertTrue(arrival.takeOver());
            PageSource pages = arrival.connectPages();
            open.add(pages::abort);
            assertThrows(IOException.class, () -> pages.read(0, ByteBuffer.allocateDirect(4096)));
            awaitCall("connection ended");
            assertFalse(running.isDone());
            arrival.release();
            assertTrue(running.get(20, TimeUnit.SECONDS));
        }
    }

    /** The destination asks on, whatever its listener throws. */
    @ParameterizedTest
    @ValueSource(strings = {"exception", "error"})
    void aDestinationsListenerThatThrowsDoesNotHinderIt(String how) throws Exception {
        kind = how;
        failing = List.of("waiting", "goes on");
        MigrationSource source = source(CallbackFailureTest::zeros);
        var _ = answer(source);
        try (CutProxy proxy = new CutProxy(source.address())) {
            MigrationDestination destination = new MigrationDestination(proxy.address(), 1 << 20, PATIENCE, listener);
            IncomingGuest arrival = destination.receive();
            proxy.loseAnswers(true);
            FutureTask<Boolean> taken = new FutureTask<>(arrival::takeOver);
            Thread.ofPlatform().daemon().start(taken);
            awaitCall("handed over");
            proxy.cut();
            awaitCall("waiting");
            proxy.loseAnswers(false);
            assertTrue(taken.get(20, TimeUnit.SECONDS));
        }
    }
}
