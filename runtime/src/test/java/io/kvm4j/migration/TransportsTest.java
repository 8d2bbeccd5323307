package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.TestCertificates;
import io.kvm4j.channel.TestCertificates.Issued;
import io.kvm4j.channel.TlsCredentials;
import io.kvm4j.channel.Transport;
import io.kvm4j.pages.PageSource;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest and its pages move by each transport, and not to a destination that the transport does not let in. */
@Timeout(300)
class TransportsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path certificates;

    private static Issued authority;
    private static Issued own;
    private static Issued peer;
    private static Issued expired;
    private static Issued stranger;

    @TempDir
    Path folder;

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestCertificates maker = new TestCertificates(certificates);
        authority = maker.authority("authority");
        own = maker.issue("own", "authority");
        peer = maker.issue("peer", "authority");
        expired = maker.issue("expired", "authority", "-startdate", "-10d", "-validity", "5");
        stranger = maker.selfSigned("stranger");
    }

    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectory(folder.resolve("record"));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    private static Transport tls(InetSocketAddress address, Issued own) throws IOException {
        return Transport.tls(
                address,
                TlsCredentials.builder()
                        .certificate(own.chain(), own.key())
                        .authority(authority.chain())
                        .build());
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private MigrationSource source(Transport transport) throws IOException {
        OutgoingGuest guest = new OutgoingGuest() {
            @Override
            public StoppedGuest stop() {
                said.add("stop");
                return new StoppedGuest(List.of(new MemoryRange(0, Mapping.PAGE_SIZE)), ByteBuffer.allocate(1 << 20));
            }

            @Override
            public void resume() {
                said.add("resume");
            }

            @Override
            public void handOver() {
                said.add("hand over");
            }
        };
        MigrationListener listener = new MigrationListener() {
            @Override
            public void declined(String reason) {
                said.add(reason);
            }
        };
        PageSource ones = (offset, into) -> {
            int length = into.remaining();
            while (into.hasRemaining()) {
                into.put((byte) 1);
            }
            return length;
        };
        HandOverRecord record = HandOverRecord.open(folder.resolve("record"));
        open.add(record);
        MigrationSource source = MigrationSource.listen(transport, record, ones, guest, PATIENCE, listener);
        open.add(source);
        Thread.ofPlatform().daemon().start(new FutureTask<>(source::run));
        return source;
    }

    private static FutureTask<Boolean> take(Transport transport) {
        MigrationDestination destination =
                new MigrationDestination(transport, 1 << 20, PATIENCE, new MigrationListener() {});
        FutureTask<Boolean> taken = new FutureTask<>(() -> {
            try (IncomingGuest arrival = destination.receive()) {
                assertEquals(1 << 20, arrival.guest().state().remaining());
                PageSource pages = arrival.connectPages();
                assertTrue(arrival.takeOver());
                ByteBuffer page = ByteBuffer.allocateDirect(4096);
                while (page.hasRemaining()) {
                    assertTrue(pages.read(page.position(), page) > 0);
                }
                assertEquals(1, page.get(4095));
                arrival.release();
                pages.abort();
                return true;
            }
        });
        Thread.ofPlatform().daemon().start(taken);
        return taken;
    }

    private static void assertMoves(Transport transport) throws Exception {
        assertTrue(take(transport).get(60, TimeUnit.SECONDS));
    }

    private static String refusal(Transport transport) {
        return assertInstanceOf(
                        MigrationRefusedException.class,
                        assertThrows(
                                        ExecutionException.class,
                                        () -> take(transport).get(60, TimeUnit.SECONDS))
                                .getCause())
                .getMessage();
    }

    /** The source says why it refuses a peer after the peer has seen it. */
    private void awaitSaid(int lines) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (said.size() < lines && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
    }

    @Test
    void aGuestMovesByAUnixSocket() throws Exception {
        Transport unix = Transport.unix(folder.resolve("socket"));
        assertEquals("unix:" + folder.resolve("socket"), source(unix).describeAddress());
        assertMoves(unix);
        assertEquals(List.of("stop", "hand over"), said);
    }

    /** Destinations that show the wrong certificate, none, or no TLS at all stop nothing, and the right one gets the guest. */
    @Test
    void aGuestMovesByTlsToTheRightDestinationOnly() throws Exception {
        MigrationSource source = source(tls(loopback(0), own));
        InetSocketAddress address = source.address();
        assertEquals(
                "127.0.0.1 refuses this end: this end's certificate is not one that it trusts (certificate_unknown)",
                refusal(tls(address, stranger)));
        awaitSaid(1);
        refusal(tls(address, expired));
        awaitSaid(2);
        assertEquals("the other end speaks TLS, and this end does not", refusal(Transport.loopback(address)));
        awaitSaid(3);
        assertEquals(
                List.of(
                        "a peer was refused: 127.0.0.1 is refused: its certificate does not come from an authority that this end trusts",
                        "a peer was refused: 127.0.0.1 is refused: its certificate has expired",
                        "a peer was refused: 127.0.0.1 is refused: it does not speak TLS"),
                said);
        said.clear();
        assertMoves(tls(address, peer));
        assertEquals(List.of("stop", "hand over"), said);
    }

    /** A destination is as careful: it takes no guest from a source that it does not know. */
    @Test
    void aDestinationRefusesASourceThatItDoesNotKnow() throws Exception {
        MigrationSource source = source(tls(loopback(0), stranger));
        assertEquals(
                "127.0.0.1 is refused: its certificate does not come from an authority that this end trusts",
                refusal(tls(source.address(), peer)));
        assertTrue(said.stream().noneMatch("stop"::equals), said::toString);
    }
}
