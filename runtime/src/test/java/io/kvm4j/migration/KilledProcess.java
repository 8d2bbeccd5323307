package io.kvm4j.migration;

import io.kvm4j.pages.PageSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A source or a destination of a {@link CountingGuest}, in a process that is killed at any moment. */
final class KilledProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private KilledProcess() {}

    /**
     * Runs one end until it is killed.
     *
     * @param arguments source or destination, directory, port, seed
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Thread.ofPlatform().daemon().start(KilledProcess::endWithParent);
        Path directory = Path.of(arguments[1]);
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2]));
        try (CountingGuest guest =
                new CountingGuest(arguments[0], directory, new Random(Long.parseLong(arguments[3])))) {
            if (arguments[0].equals("source")) {
                source(guest, directory, address);
            } else {
                destination(guest, address);
            }
        }
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said, only its end matters.
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
        Runtime.getRuntime().halt(1);
    }

    private static void source(CountingGuest guest, Path directory, InetSocketAddress address)
            throws IOException, InterruptedException {
        try (HandOverRecord record = HandOverRecord.open(directory.resolve("record"))) {
            if (!record.isHandedOver()) {
                guest.run(0);
            }
            PageSource pages = (offset, into) -> {
                int length = into.remaining();
                into.put(new byte[length]);
                return length;
            };
            try (MigrationSource source = listen(address, record, pages, record.isHandedOver() ? null : guest)) {
                guest.say("listening " + source.address().getPort());
                source.run();
                guest.say("done");
            }
        }
        Thread.sleep(Duration.ofMinutes(10));
    }

    /** A destination that looks for the port may have got it by chance, for a moment. */
    private static MigrationSource listen(
            InetSocketAddress address, HandOverRecord record, PageSource pages, @Nullable CountingGuest guest)
            throws IOException, InterruptedException {
        for (int i = 0; ; i++) {
            try {
                return MigrationSource.listen(address, record, pages, guest, PATIENCE, new MigrationListener() {});
            } catch (IOException e) {
                if (i == 100) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static void destination(CountingGuest guest, InetSocketAddress address)
            throws IOException, InterruptedException {
        guest.say("started");
        MigrationDestination destination =
                new MigrationDestination(address, 1 << 20, PATIENCE, new MigrationListener() {});
        try {
            boolean ours = false;
            while (!ours) {
                try (IncomingGuest arrival = destination.receive()) {
                    guest.say("received");
                    ours = take(arrival, guest);
                }
            }
        } catch (MigrationRefusedException e) {
            System.out.println("refused " + e.getMessage());
        }
        Thread.sleep(Duration.ofMinutes(10));
    }

    private static boolean take(IncomingGuest arrival, CountingGuest guest) throws IOException, InterruptedException {
        try {
            PageSource pages = arrival.connectPages();
            pages.read(0, ByteBuffer.allocateDirect(4096));
            pages.abort();
        } catch (IOException e) {
            return false;
        }
        guest.say("ready");
        if (!arrival.takeOver()) {
            return false;
        }
        guest.run(arrival.guest().state().getLong(0));
        guest.say("ours");
        try {
            arrival.release();
        } catch (IOException e) {
            // The source was killed: it serves until it is told otherwise.
        }
        return true;
    }
}
