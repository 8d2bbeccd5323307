package io.kvm4j.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many connections with ill intent, by each transport, end as docs/threat-model.md says: none gets the guest, which is
 * stopped ever less often and always resumed; reports are limited; an honest destination gets the guest afterwards; and no
 * thread or descriptor remains. {@code -Dkvm4j.seed=N} repeats a run, and {@code -Dkvm4j.hostile.connections=N} sets the
 * number of the long one.
 */
class HostileConnectionsTest {
    private static final int PEERS = 6;
    private static final int MOST_A_ROUND = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final PageSource ONES = (offset, into) -> {
        int length = into.remaining();
        while (into.hasRemaining()) {
            into.put((byte) 1);
        }
        return length;
    };

    @TempDir
    static Path certificates;

    private static Issued authority;
    private static Issued own;

    @TempDir
    Path folder;

    private enum Kind {
        UNIX,
        LOOPBACK,
        TLS
    }

    /** A guest that counts what is done to it, and what its source reports. */
    private static final class Counting implements OutgoingGuest, MigrationListener {
        final AtomicInteger stops = new AtomicInteger();
        final AtomicInteger resumes = new AtomicInteger();
        final AtomicInteger handOvers = new AtomicInteger();
        final AtomicInteger reports = new AtomicInteger();

        @Override
        public StoppedGuest stop() {
            stops.incrementAndGet();
            return new StoppedGuest(List.of(new MemoryRange(0, Mapping.PAGE_SIZE)), ByteBuffer.allocate(1 << 20));
        }

        @Override
        public void resume() {
            resumes.incrementAndGet();
        }

        @Override
        public void handOver() {
            handOvers.incrementAndGet();
        }

        @Override
        public void declined(String reason) {
            reports.incrementAndGet();
        }
    }

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestCertificates maker = new TestCertificates(certificates);
        authority = maker.authority("authority");
        own = maker.issue("own", "authority");
    }

    @Timeout(300)
    @Test
    void hostileConnectionsEndAsDocumented() throws Exception {
        run(210, 100);
    }

    @Tag("slow")
    @Timeout(7200)
    @Test
    void twoHundredThousandHostileConnectionsEndAsDocumented() throws Exception {
        run(Integer.getInteger("kvm4j.hostile.connections", 200_000), MOST_A_ROUND);
    }

    private void run(int connections, int mostARound) throws Exception {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        System.out.printf("seed %d: %d hostile connections%n", seed, connections);
        Random random = new Random(seed);
        Map<Kind, Integer> made = new EnumMap<>(Kind.class);
        int stops = 0;
        // The first round loads what stays.
        long descriptors = -1;
        for (int left = connections, round = 0; left > 0; round++) {
            Kind kind = Kind.values()[round % Kind.values().length];
            // TLS takes a hundred times as long.
            int now = Math.min(left, kind == Kind.TLS ? Math.max(1, mostARound / 10) : mostARound);
            stops += round(kind, now, folder.resolve("round" + round), random.nextLong());
            made.merge(kind, now, Integer::sum);
            left -= now;
            if (round == Kind.values().length - 1) {
                descriptors = descriptors();
            }
        }
        assertEquals(List.of(), remainingThreads());
        long remaining = descriptors();
        assertTrue(
                descriptors < 0 || remaining <= descriptors + 3,
                "descriptors: %d before, %d now".formatted(descriptors, remaining));
        System.out.printf("seed %d: %s, guest stopped in vain %d times%n", seed, made, stops);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static List<String> remainingThreads() throws InterruptedException {
        List<String> names = List.of();
        for (int i = 0; i < 1000; i++) {
            names = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name ->
                            name.startsWith("migration-") || name.startsWith("page-") || name.startsWith("connection-"))
                    .toList();
            if (names.isEmpty()) {
                break;
            }
            Thread.sleep(10);
        }
        return names;
    }

    private static Transport transport(Kind kind, Path directory, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return switch (kind) {
            case UNIX -> Transport.unix(directory.resolve("socket"));
            case LOOPBACK -> Transport.loopback(address);
            case TLS ->
                Transport.tls(
                        address,
                        TlsCredentials.builder()
                                .certificate(own.chain(), own.key())
                                .authority(authority.chain())
                                .build());
        };
    }

    /** Returns how often the guest was stopped in vain. */
    private static int round(Kind kind, int connections, Path directory, long seed) throws Exception {
        Counting guest = new Counting();
        long start = System.nanoTime();
        try (HandOverRecord record = HandOverRecord.open(directory);
                MigrationSource source =
                        MigrationSource.listen(transport(kind, directory, 0), record, ONES, guest, PATIENCE, guest)) {
            FutureTask<Boolean> running = new FutureTask<>(source::run);
            Thread.ofPlatform().daemon().start(running);
            int port = kind == Kind.UNIX ? 0 : source.address().getPort();
            Transport trusted = transport(kind, directory, port);
            SocketAddress address =
                    kind == Kind.UNIX ? UnixDomainSocketAddress.of(directory.resolve("socket")) : source.address();
            attack(connections, seed, trusted, address, kind != Kind.TLS);
            awaitRunning(guest);
            double seconds = (System.nanoTime() - start) / 1e9;
            String what = "%s, seed %d".formatted(kind, seed);
            int inVain = guest.stops.get();
            assertEquals(0, guest.handOvers.get(), what);
            assertTrue(inVain <= mostStops(seconds), "%s: stopped %d times in %.1f s".formatted(what, inVain, seconds));
            assertTrue(
                    guest.reports.get() <= Refusals.MOST * (2 + (int) (seconds / 10)),
                    what + ": reports " + guest.reports);
            assertHonestDestinationGetsTheGuest(trusted);
            assertEquals(1, guest.handOvers.get(), what);
            assertTrue(running.get(60, TimeUnit.SECONDS), what);
            return inVain;
        }
    }

    /** At once, and after pauses of 1, 2, 4 and up to 64 seconds. */
    private static int mostStops(double seconds) {
        int stops = 1;
        double pause = 1;
        for (double at = pause; at <= seconds; at += pause) {
            stops++;
            pause = Math.min(2 * pause, 64);
        }
        return stops;
    }

    private static void attack(int connections, long seed, Transport trusted, SocketAddress address, boolean clearText)
            throws Exception {
        List<FutureTask<Void>> peers = new ArrayList<>();
        for (int peer = 0; peer < PEERS; peer++) {
            Random random = new Random(seed + peer);
            int share = connections / PEERS + (peer < connections % PEERS ? 1 : 0);
            peers.add(new FutureTask<>(() -> {
                HostilePeer.Intent[] intents = HostilePeer.Intent.values();
                try (HostilePeer hostile = new HostilePeer(trusted, address, clearText, random)) {
                    for (int i = 0; i < share; i++) {
                        hostile.connect(intents[random.nextInt(intents.length)]);
                    }
                }
                return null;
            }));
        }
        peers.forEach(peer -> Thread.ofPlatform().daemon().start(peer));
        for (FutureTask<Void> peer : peers) {
            peer.get();
        }
    }

    private static void awaitRunning(Counting guest) throws InterruptedException {
        for (int i = 0; i < 6000 && guest.stops.get() != guest.resumes.get(); i++) {
            Thread.sleep(10);
        }
        assertEquals(guest.stops.get(), guest.resumes.get(), "the guest stays stopped");
    }

    private static void assertHonestDestinationGetsTheGuest(Transport transport) throws Exception {
        MigrationDestination destination =
                new MigrationDestination(transport, 1 << 20, Duration.ofSeconds(20), new MigrationListener() {});
        try (IncomingGuest arrival = destination.receive()) {
            assertTrue(arrival.takeOver());
            arrival.release();
        }
    }
}
