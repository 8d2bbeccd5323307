package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.posix.Mapping;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hand-over whose record fails at the last moment: somebody owns the guest in the end, and one alone. */
@Timeout(300)
class DecidingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

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

    /** What happens to the directory after everything was prepared, and before the guest is handed over. */
    private interface Sabotage {
        void run() throws IOException;
    }

    private record Guest(List<String> calls, Sabotage sabotage) implements OutgoingGuest {
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
            try {
                sabotage.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void takeBack() {
            calls.add("take back");
        }

        @Override
        public void end() {
            calls.add("end");
        }
    }

    private MigrationSource source(Sabotage sabotage) throws IOException {
        HandOverRecord handOver = HandOverRecord.open(folder);
        open.add(handOver);
        MigrationSource source = MigrationSource.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                handOver,
                (offset, into) -> -1,
                new Guest(calls, sabotage),
                PATIENCE,
                new MigrationListener() {
                    @Override
                    public void undecided(IOException why) {
                        calls.add("undecided");
                    }

                    @Override
                    public void kept(Exception why) {
                        calls.add("kept");
                    }

                    @Override
                    public void handedOver() {
                        calls.add("handed over");
                    }
                });
        open.add(source);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                source.run();
            } catch (IOException e) {
                calls.add(e.getMessage());
            }
        });
        return source;
    }

    private static MigrationDestination destination(MigrationSource source) throws IOException {
        return new MigrationDestination(source.address(), 1 << 20, PATIENCE, new MigrationListener() {});
    }

    private void awaitCalls(String... expected) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!calls.equals(List.of(expected)) && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        assertEquals(List.of(expected), List.copyOf(calls));
    }

    /** Its rename has certainly failed, and there is no record: the source keeps the guest by itself. */
    @Test
    void aHandOverThatWasCertainlyNotRecordedKeepsTheGuest() throws Exception {
        MigrationSource source = source(() -> Files.delete(folder.resolve("handed-over.pending")));
        try (IncomingGuest arrival = destination(source).receive()) {
            assertFalse(arrival.takeOver());
        }
        assertFalse(source.isUndecided());
        awaitCalls("stop", "hand over", "take back", "resume", "kept");
    }

    @Test
    void aGuestThatWasKeptMovesAgain() throws Exception {
        List<Path> once = new ArrayList<>(List.of(folder.resolve("handed-over.pending")));
        MigrationSource source = source(() -> {
            for (Path file : once) {
                Files.delete(file);
            }
            once.clear();
        });
        try (IncomingGuest arrival = destination(source).receive()) {
            assertFalse(arrival.takeOver());
        }
        try (IncomingGuest arrival = destination(source).receive()) {
            assertTrue(arrival.takeOver());
        }
        awaitCalls("stop", "hand over", "take back", "resume", "kept", "stop", "hand over", "handed over", "end");
        assertTrue(Files.exists(folder.resolve("handed-over")));
    }

    private void putInTheWay() throws IOException {
        Files.createDirectories(folder.resolve("handed-over/in the way"));
    }

    private void clearTheWay() throws IOException {
        Files.delete(folder.resolve("handed-over/in the way"));
        Files.delete(folder.resolve("handed-over"));
    }

    /** Each query looks again. */
    @Test
    void aQueryDecidesWhenTheDirectoryIsReadableAgain() throws Exception {
        MigrationSource source = source(this::putInTheWay);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertThrows(MigrationRefusedException.class, arrival::takeOver);
            assertThrows(MigrationRefusedException.class, arrival::takeOver);
            assertTrue(source.isUndecided());
            assertFalse(source.settle());
            awaitCalls("stop", "hand over", "undecided");
            clearTheWay();
            assertFalse(arrival.takeOver());
        }
        assertFalse(source.isUndecided());
        awaitCalls("stop", "hand over", "undecided", "take back", "resume", "kept");
    }

    @Test
    void theNextDestinationMakesTheSourceLookAgain() throws Exception {
        MigrationSource source = source(this::putInTheWay);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertThrows(MigrationRefusedException.class, arrival::takeOver);
        }
        assertThrows(MigrationRefusedException.class, destination(source)::receive);
        clearTheWay();
        try (IncomingGuest arrival = destination(source).receive()) {
            arrival.guest();
        }
        open.removeLast().close();
        awaitCalls("stop", "hand over", "undecided", "take back", "resume", "kept", "stop", "resume", "kept");
    }

    /** The rename was done, though it was said to have failed. */
    @Test
    void aRecordThatIsThereHandsTheGuestOver() throws Exception {
        MigrationSource source =
                source(() -> Files.move(folder.resolve("handed-over.pending"), folder.resolve("handed-over")));
        try (IncomingGuest arrival = destination(source).receive()) {
            assertTrue(arrival.takeOver());
        }
        assertFalse(source.isUndecided());
        awaitCalls("stop", "hand over", "handed over", "end");
    }

    @Test
    void theOperatorKeepsTheGuest() throws Exception {
        MigrationSource source = source(this::putInTheWay);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertThrows(MigrationRefusedException.class, arrival::takeOver);
            source.decide(GuestOwner.SOURCE);
            assertFalse(arrival.takeOver());
        }
        awaitCalls("stop", "hand over", "undecided", "take back", "resume", "kept");
        close();
        open.clear();
        try (HandOverRecord next = HandOverRecord.open(folder)) {
            assertFalse(next.isHandedOver());
        }
        assertTrue(Files.exists(folder.resolve("handed-over.aside-1/in the way")));
    }

    @Test
    void theOperatorGivesTheGuestAway() throws Exception {
        MigrationSource source = source(this::putInTheWay);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertThrows(MigrationRefusedException.class, arrival::takeOver);
            source.decide(GuestOwner.DESTINATION);
            assertTrue(arrival.takeOver());
            assertThrows(IllegalStateException.class, () -> source.decide(GuestOwner.SOURCE));
        }
        awaitCalls("stop", "hand over", "undecided", "handed over", "end");
        close();
        open.clear();
        try (HandOverRecord next = HandOverRecord.open(folder)) {
            assertTrue(next.isHandedOver());
        }
    }

    /** A decision that cannot be recorded is none: the next process would decide otherwise. */
    @Test
    void aDecisionThatCannotBeRecordedDecidesNothing() throws Exception {
        MigrationSource source = source(this::putInTheWay);
        try (IncomingGuest arrival = destination(source).receive()) {
            assertThrows(MigrationRefusedException.class, arrival::takeOver);
            open.getFirst().close();
            assertThrows(IOException.class, () -> source.decide(GuestOwner.DESTINATION));
            assertTrue(source.isUndecided());
        }
        awaitCalls("stop", "hand over", "undecided");
    }

    @Test
    void whatIsKnownIsNotDecided() throws Exception {
        MigrationSource source = source(() -> {});
        assertThrows(IllegalStateException.class, () -> source.decide(GuestOwner.DESTINATION));
        assertEquals(List.of(), calls);
    }
}
