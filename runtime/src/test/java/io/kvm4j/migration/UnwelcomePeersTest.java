package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.Mapping;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that are silent, slow, deaf or importunate delay nobody, and hardly stop the guest. */
@Timeout(300)
class UnwelcomePeersTest {
    private static final PageSource NO_PAGES = (offset, into) -> -1;
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path folder;

    private final AtomicInteger stops = new AtomicInteger();
    private final AtomicInteger resumes = new AtomicInteger();
    private final List<String> declined = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    private MigrationSource source(int stateBytes, Duration patience) throws IOException {
        OutgoingGuest guest = new OutgoingGuest() {
            @Override
            public StoppedGuest stop() {
                stops.incrementAndGet();
                return new StoppedGuest(
                        List.of(new MemoryRange(0, Mapping.PAGE_SIZE)), ByteBuffer.allocate(stateBytes));
            }

            @Override
            public void resume() {
                resumes.incrementAndGet();
            }

            @Override
            public void handOver() {}
        };
        MigrationListener listener = new MigrationListener() {
            @Override
            public void declined(String reason) {
                declined.add(reason);
            }
        };
        HandOverRecord record = HandOverRecord.open(folder);
        open.add(record);
        MigrationSource source = MigrationSource.listen(ANY, record, NO_PAGES, guest, patience, listener);
        open.add(source);
        Thread.ofPlatform().daemon().start(new FutureTask<>(source::run));
        return source;
    }

    private Socket connect(MigrationSource source) throws IOException {
        Socket socket =
                new Socket(source.address().getAddress(), source.address().getPort());
        open.add(socket);
        return socket;
    }

    private static byte[] greeting(int kind) {
        return ByteBuffer.allocate(32)
                .putLong(MigrationWire.MAGIC)
                .putInt(MigrationWire.VERSION)
                .putInt(kind)
                .putLong(5)
                .putLong(6)
                .array();
    }

    private static boolean isClosedByPeer(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException e) {
            return true;
        }
    }

    private static void assertGetsTheGuest(MigrationSource source) throws Exception {
        MigrationDestination destination =
                new MigrationDestination(source.address(), 1 << 20, Duration.ofSeconds(20), new MigrationListener() {});
        FutureTask<Boolean> taken = new FutureTask<>(() -> {
            try (IncomingGuest arrival = destination.receive()) {
                return arrival.takeOver();
            }
        });
        Thread.ofPlatform().daemon().start(taken);
        assertTrue(taken.get(30, TimeUnit.SECONDS));
    }

    @Test
    void silentPeersDelayNobody() throws Exception {
        MigrationSource source = source(10, Duration.ofSeconds(20));
        for (int i = 0; i < 20; i++) {
            connect(source);
        }
        assertGetsTheGuest(source);
    }

    @Test
    void theOldestSilentPeerGivesWay() throws Exception {
        MigrationSource source = source(10, Duration.ofSeconds(20));
        Socket oldest = connect(source);
        for (int i = 0; i < Greetings.MOST; i++) {
            connect(source);
        }
        assertTrue(isClosedByPeer(oldest));
        assertTrue(
                declined.contains("a peer was given up: more than 32 have not said what they want"),
                declined::toString);
        assertGetsTheGuest(source);
    }

    /** A byte now and then does not prolong the time that a whole greeting has. */
    @Test
    void aGreetingHasALimitAsAWhole() throws Exception {
        MigrationSource source = source(10, Duration.ofSeconds(20));
        Socket dripping = connect(source);
        int sent = 0;
        try {
            for (byte each : greeting(MigrationWire.MOVE)) {
                dripping.getOutputStream().write(each);
                sent++;
                Thread.sleep(400);
            }
        } catch (SocketException e) {
            // The source has closed the connection.
        }
        assertTrue(sent < 32, "all of it was sent");
        assertEquals(0, stops.get());
        assertTrue(
                declined.contains("a peer was not understood: the other end took more than 5000 ms in all"),
                declined::toString);
    }

    /** A peer that asks for the guest and does not read cannot keep it stopped. */
    @Test
    void aPeerThatDoesNotReadLeavesTheGuest() throws Exception {
        MigrationSource source = source(2 << 20, Duration.ofMillis(500));
        Socket deaf = new Socket();
        open.add(deaf);
        deaf.setReceiveBufferSize(4096);
        deaf.connect(source.address());
        deaf.getOutputStream().write(greeting(MigrationWire.MOVE));
        awaitResumes(1);
        assertEquals(1, stops.get());
    }

    /** Neither can one that reads a little now and then: what is limited is the time that the guest is stopped. */
    @Test
    void aPeerThatReadsSlowlyLeavesTheGuest() throws Exception {
        MigrationSource source = source(8 << 20, Duration.ofMillis(500));
        Socket slow = new Socket();
        open.add(slow);
        slow.setReceiveBufferSize(4096);
        slow.connect(source.address());
        slow.getOutputStream().write(greeting(MigrationWire.MOVE));
        byte[] bytes = new byte[16384];
        int read = 0;
        try {
            while (read < 8 << 20 && resumes.get() == 0) {
                read += Math.max(0, slow.getInputStream().read(bytes));
                Thread.sleep(20);
            }
        } catch (SocketException e) {
            // The source has closed the connection.
        }
        awaitResumes(1);
        assertTrue(read < 8 << 20, "all of it was read");
    }

    /** Nor one that says by and by that it is ready. */
    @Test
    void aPeerThatIsReadyByAndByLeavesTheGuest() throws Exception {
        MigrationSource source = source(10, Duration.ofMillis(800));
        Socket dripping = connect(source);
        dripping.setTcpNoDelay(true);
        dripping.getOutputStream().write(greeting(MigrationWire.MOVE));
        try {
            for (byte each : ByteBuffer.allocate(4).putInt(MigrationWire.READY).array()) {
                Thread.sleep(500);
                dripping.getOutputStream().write(each);
            }
        } catch (SocketException e) {
            // The source has closed the connection.
        }
        awaitResumes(1);
    }

    private void awaitResumes(int number) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (resumes.get() < number && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertEquals(number, resumes.get());
    }

    /** Asking again and again stops the guest ever less often, and a destination that means it gets it all the same. */
    @Test
    void askingAloneStopsTheGuestOnceInAWhile() throws Exception {
        MigrationSource source = source(10, Duration.ofSeconds(20));
        long start = System.nanoTime();
        int asked = 0;
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5)) {
            try (Socket asking =
                    new Socket(source.address().getAddress(), source.address().getPort())) {
                asking.getOutputStream().write(greeting(MigrationWire.MOVE));
                asked++;
                assertFalse(isClosedByPeer(asking));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        // Stopped at once, and after pauses of 1, 2, 4 … seconds.
        int most = 1 + (int) (Math.log(seconds + 1) / Math.log(2));
        assertTrue(stops.get() >= 2 && stops.get() <= most, "%d stops".formatted(stops.get()));
        assertTrue(asked > 10, "asked %d times".formatted(asked));
        assertTrue(
                declined.stream().anyMatch(reason -> reason.startsWith("the guest was stopped in vain, ")),
                declined::toString);
        assertGetsTheGuest(source);
    }

    /** Refusals are told one by one, and a flood of them by its number. */
    @Test
    void aFloodOfRefusalsIsToldByItsNumber() throws Exception {
        MigrationSource source = source(10, Duration.ofSeconds(20));
        for (int i = 0; i < 200; i++) {
            try (Socket stranger =
                    new Socket(source.address().getAddress(), source.address().getPort())) {
                stranger.getOutputStream()
                        .write("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                assertTrue(isClosedByPeer(stranger));
            }
        }
        assertTrue(declined.size() >= Refusals.MOST, "%d lines".formatted(declined.size()));
        assertTrue(declined.size() < 100, "%d lines".formatted(declined.size()));
        assertEquals(
                "a peer was not understood: the other end is no destination of a migration: it says 0x474554202f204854",
                declined.getFirst());
    }
}
