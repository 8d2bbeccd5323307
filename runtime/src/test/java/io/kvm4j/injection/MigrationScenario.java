package io.kvm4j.injection;

import io.kvm4j.migration.HandOverRecord;
import io.kvm4j.migration.IncomingGuest;
import io.kvm4j.migration.MemoryRange;
import io.kvm4j.migration.MigrationDestination;
import io.kvm4j.migration.MigrationListener;
import io.kvm4j.migration.MigrationSource;
import io.kvm4j.migration.OutgoingGuest;
import io.kvm4j.migration.StoppedGuest;
import io.kvm4j.pages.PageSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A guest that moves to another owner, with its pages. */
final class MigrationScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final MigrationListener SILENT = new MigrationListener() {};
    private static final PageSource ONES = (offset, into) -> {
        int length = into.remaining();
        while (into.hasRemaining()) {
            into.put((byte) 1);
        }
        return length;
    };
    private static final OutgoingGuest GUEST = new OutgoingGuest() {
        @Override
        public StoppedGuest stop() {
            return new StoppedGuest(List.of(new MemoryRange(0, 0x1000)), ByteBuffer.wrap(new byte[] {1, 2}));
        }

        @Override
        public void resume() {}

        @Override
        public void handOver() {}
    };

    @Override
    public void run() throws Exception {
        Path folder = Files.createTempDirectory("kvm4j-injection");
        try (HandOverRecord handOver = HandOverRecord.open(folder);
                MigrationSource source = MigrationSource.listen(ANY, handOver, ONES, GUEST, PATIENCE, SILENT)) {
            Thread destination = Thread.currentThread();
            Thread server = new Thread(() -> serve(source, destination), "migration-source");
            server.setDaemon(true);
            server.start();
            receive(source.address());
        } finally {
            delete(folder);
        }
    }

    /** Serves; if that fails, ends the source, and the waiting of a destination that would wait for it to come back. */
    private static void serve(MigrationSource source, Thread destination) {
        try (source) {
            source.run();
        } catch (IOException | RuntimeException | Error e) {
            destination.interrupt();
        }
    }

    private static void receive(InetSocketAddress source) throws Exception {
        try (IncomingGuest arrival = new MigrationDestination(source, 1 << 20, PATIENCE, SILENT).receive()) {
            PageSource pages = arrival.connectPages();
            try {
                pages.read(0, ByteBuffer.allocateDirect(0x1000));
                arrival.takeOver();
                arrival.release();
            } finally {
                pages.abort();
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
