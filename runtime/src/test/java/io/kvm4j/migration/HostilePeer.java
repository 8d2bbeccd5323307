package io.kvm4j.migration;

import io.kvm4j.channel.Connection;
import io.kvm4j.channel.Transport;
import io.kvm4j.pages.PageSource;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

/**
 * A peer that connects to a migration source again and again, each time with another ill intent. It never says that it is
 * ready, so that the guest must never be its own. For one thread.
 */
final class HostilePeer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int SILENT = 12;

    private final Transport trusted;
    private final SocketAddress address;
    private final boolean clearText;
    private final Random random;
    private final Queue<SocketChannel> silent = new ArrayDeque<>();

    /** What a connection is for. */
    enum Intent {
        LEAVE,
        SAY_NOTHING,
        SAY_ANYTHING,
        GREET_IN_PART,
        GREET_WRONGLY,
        ASK_AND_LEAVE,
        ASK_AND_NOT_READ,
        ASK_AND_LIE,
        READ_PAGES_AND_LEAVE,
        GUESS_NUMBERS
    }

    /**
     * @param trusted a transport that the source lets in
     * @param address where the source listens
     * @param clearText whether the transport is clear text, so that a raw connection can speak the protocol
     */
    HostilePeer(Transport trusted, SocketAddress address, boolean clearText, Random random) {
        this.trusted = trusted;
        this.address = address;
        this.clearText = clearText;
        this.random = random;
    }

    /** Makes one connection, and returns when it has ended, or is to stay open in silence. */
    void connect(Intent intent) {
        try {
            switch (intent) {
                case LEAVE -> open().close();
                case SAY_NOTHING -> stay();
                case SAY_ANYTHING -> say(bytes(1 + random.nextInt(100)));
                case GREET_IN_PART -> say(greeting(1 + random.nextInt(4)).slice(0, random.nextInt(32)));
                case GREET_WRONGLY -> say(wrongGreeting());
                case ASK_AND_LEAVE -> ask().close();
                case ASK_AND_NOT_READ -> askAndNotRead();
                case ASK_AND_LIE -> askAndLie();
                case READ_PAGES_AND_LEAVE -> readPagesAndLeave();
                case GUESS_NUMBERS -> guessNumbers();
            }
        } catch (IOException e) {
            // The source has refused it, which is its right.
        }
    }

    private SocketChannel open() throws IOException {
        return SocketChannel.open(address);
    }

    private void stay() throws IOException {
        silent.add(open());
        if (silent.size() > SILENT) {
            silent.remove().close();
        }
    }

    private ByteBuffer bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private ByteBuffer greeting(int kind) {
        return ByteBuffer.allocate(32)
                .putLong(MigrationWire.MAGIC)
                .putInt(MigrationWire.VERSION)
                .putInt(kind)
                .putLong(random.nextLong())
                .putLong(random.nextLong())
                .flip();
    }

    private ByteBuffer wrongGreeting() {
        ByteBuffer greeting = greeting(1 + random.nextInt(4));
        // The magic, the version or the kind.
        int at = random.nextInt(16);
        return greeting.put(at, (byte) (greeting.get(at) ^ (1 << (3 + random.nextInt(5)))));
    }

    /** Says something on a raw connection, which TLS takes for a breach, and leaves. */
    private void say(ByteBuffer something) throws IOException {
        try (SocketChannel channel = open()) {
            channel.write(something);
            if (clearText && something.limit() >= 32 && random.nextBoolean()) {
                // The source ends it: it must not wait for more.
                while (channel.read(ByteBuffer.allocate(64)) >= 0) {
                    // What it says does not matter, only that it ends.
                }
            }
        }
    }

    private Connection ask() throws IOException {
        return ask(greeting(MigrationWire.MOVE));
    }

    private Connection ask(ByteBuffer greeting) throws IOException {
        Connection connection = trusted.connect(LIMIT);
        connection.limitReads(LIMIT);
        connection.write(greeting);
        return connection;
    }

    private void askAndNotRead() throws IOException {
        try (Connection connection = ask()) {
            // Until the source has closed it, or some time.
            for (int i = 0; i < 4; i++) {
                connection.write(bytes(1));
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void askAndLie() throws IOException {
        try (Connection connection = ask()) {
            ByteBuffer lie = bytes(4 + random.nextInt(64));
            if (lie.getInt(0) == MigrationWire.READY) {
                lie.putInt(0, MigrationWire.READY + 1);
            }
            connection.write(lie);
            readToTheEnd(connection);
        }
    }

    private static void readToTheEnd(Connection connection) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(1 << 14);
        while (connection.read(into.clear()) >= 0) {
            // What it says does not matter, only that it ends.
        }
    }

    /** Behaves like a destination for a while, and asks for pages wrongly in the end. */
    private void readPagesAndLeave() throws IOException {
        ByteBuffer greeting = greeting(MigrationWire.MOVE);
        try (Connection connection = ask(greeting)) {
            ByteBuffer answer = ByteBuffer.allocate(24);
            if (!connection.readFully(answer) || answer.getInt(12) != MigrationWire.STOPPED) {
                return;
            }
            ByteBuffer pages = greeting(MigrationWire.PAGES);
            pages.putLong(16, greeting.getLong(16)).putLong(24, answer.getLong(16));
            try (Connection serving = ask(pages)) {
                if (serving.readFully(answer.clear()) && answer.getInt(12) == MigrationWire.SERVING) {
                    PageSource.socket(serving).read(0, ByteBuffer.allocateDirect(4096));
                    serving.write(bytes(24 * (1 + random.nextInt(100))));
                }
            }
        }
    }

    private void guessNumbers() throws IOException {
        int[] kinds = {MigrationWire.QUERY, MigrationWire.PAGES, MigrationWire.DONE};
        try (Connection connection = ask(greeting(kinds[random.nextInt(kinds.length)]))) {
            readToTheEnd(connection);
        }
    }

    @Override
    public void close() throws IOException {
        while (!silent.isEmpty()) {
            silent.remove().close();
        }
    }
}
