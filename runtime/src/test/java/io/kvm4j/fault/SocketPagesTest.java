package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.Connection;
import io.kvm4j.pages.PageServer;
import io.kvm4j.pages.PageSource;
import io.kvm4j.pages.WireNumbers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages over a socket: what the two ends say to each other, and to peers that say something else. */
@Timeout(300)
class SocketPagesTest {
    private static final int PART = WireNumbers.PART;

    @TempDir
    Path folder;

    private final Pattern pattern = new Pattern();
    private SocketChannel near;
    private SocketChannel far;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("pages"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            near = SocketChannel.open(address);
            far = server.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        near.close();
        far.close();
    }

    private static FutureTask<String> serve(PageSource content, SocketChannel channel) {
        return Rig.start(() -> {
            try {
                new PageServer(content, channel).run();
                return "ended";
            } catch (IOException e) {
                return e.getMessage();
            }
        });
    }

    private static byte[] read(PageSource source, long offset, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocateDirect(length);
        int read = source.read(offset, into);
        byte[] bytes = new byte[Math.max(0, read)];
        into.flip().get(bytes);
        return bytes;
    }

    private static byte[] expected(long offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = Pattern.byteAt(offset + i);
        }
        return bytes;
    }

    /** Many threads at once get what each asked for, of all sizes, from a server that gives less at a time than it may. */
    @Test
    void manyThreadsGetWhatEachAskedFor() throws Exception {
        PageSource meagre = (offset, into) -> {
            int limit = into.limit();
            into.limit(into.position() + Math.min(into.remaining(), 5_000));
            int read = pattern.read(offset, into);
            into.limit(limit);
            return read;
        };
        FutureTask<String> server = serve(meagre, far);
        PageSource source = PageSource.socket(near);
        List<FutureTask<Void>> readers = new ArrayList<>();
        for (int reader = 0; reader < 2 * WireNumbers.REQUESTS; reader++) {
            int number = reader;
            readers.add(Rig.start(() -> {
                for (int i = 0; i < 20; i++) {
                    long offset = number * 1_000_003L + i * 4_099L;
                    int length = 1 + (number * 977 + i * 7_919) % (3 * PART);
                    assertArrayEquals(expected(offset, length), read(source, offset, length));
                }
                return null;
            }));
        }
        for (FutureTask<Void> reader : readers) {
            Rig.get(reader);
        }
        source.abort();
        assertEquals("ended", Rig.get(server));
    }

    /** What somebody waits for is behind no more than the part that is being sent. */
    @Test
    void urgentPagesGoAheadOfTheBackground() throws Exception {
        Gate second = new Gate();
        FutureTask<String> server = serve(
                (offset, into) -> {
                    if (offset == PART) {
                        second.pass();
                    }
                    return pattern.read(offset, into);
                },
                far);
        send(1, 0, 8 * PART, WireNumbers.AHEAD);
        second.awaitArrival();
        send(2, 1L << 40, 4096, WireNumbers.URGENT);
        send(3, 1L << 41, 4096, WireNumbers.URGENT);
        send(4, 1L << 42, 4096, WireNumbers.AHEAD);
        // The requests are in the server's queues when it has said so of a later one that is wrong; here time must do.
        Thread.sleep(200);
        second.open();
        List<Long> ids = new ArrayList<>();
        for (int part = 0; part < 8 + 3; part++) {
            ids.add(receivePart());
        }
        assertEquals(List.of(1L, 1L, 2L, 3L, 1L, 1L, 1L, 1L, 1L, 1L, 4L), ids);
        near.close();
        assertEquals("ended", Rig.get(server));
    }

    private void send(long id, long offset, int length, int urgency) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(WireNumbers.REQUEST_BYTES)
                .putLong(id)
                .putLong(offset)
                .putInt(length)
                .putInt(urgency);
        sendAll(near, request.flip());
    }

    private static void sendAll(SocketChannel channel, ByteBuffer message) throws IOException {
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    /** Fills a buffer. Returns false if the connection has ended before that. */
    private static boolean receiveAll(SocketChannel channel, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                return false;
            }
        }
        return true;
    }

    private long receivePart() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(WireNumbers.PART_BYTES);
        assertTrue(receiveAll(near, head));
        assertTrue(receiveAll(near, ByteBuffer.allocate(head.getInt(8))));
        return head.getLong(0);
    }

    @Test
    void contentEnds() throws Exception {
        FutureTask<String> server = serve(
                (offset, into) -> {
                    if (offset >= PART) {
                        return -1;
                    }
                    return pattern.read(offset, into);
                },
                far);
        PageSource source = PageSource.socket(near);
        assertEquals(-1, source.read(1L << 30, ByteBuffer.allocateDirect(1)));
        assertArrayEquals(expected(0, PART), read(source, 0, 2 * PART));
        source.abort();
        Rig.get(server);
    }

    @ParameterizedTest
    @CsvSource({
        "0,   0, 1, a request for 0 bytes at offset 0",
        "0,  -1, 1, a request for -1 bytes at offset 0",
        "0, 1073741825, 1, a request for 1073741825 bytes at offset 0",
        "-1, 1, 1, a request for 1 bytes at offset -1",
        "9223372036854775807, 1, 1, a request for 1 bytes at offset 9223372036854775807",
        "0,   1, 2, a request of urgency 2",
    })
    void aWrongRequestEndsTheConnection(long offset, int length, int urgency, String message) throws Exception {
        FutureTask<String> server = serve(pattern, far);
        send(1, offset, length, urgency);
        assertEquals(message, Rig.get(server));
        assertFalse(far.isOpen());
        assertEquals(0, pattern.reads.get());
    }

    @Test
    void moreRequestsThanAllowedEndTheConnection() throws Exception {
        Gate never = new Gate();
        FutureTask<String> server = serve(
                (offset, into) -> {
                    never.pass();
                    return pattern.read(offset, into);
                },
                far);
        send(0, 0, 1, WireNumbers.AHEAD);
        never.awaitArrival();
        for (int i = 1; i <= WireNumbers.REQUESTS; i++) {
            send(i, 0, 1, WireNumbers.AHEAD);
        }
        assertThrows(
                java.util.concurrent.TimeoutException.class,
                () -> server.get(50, java.util.concurrent.TimeUnit.MILLISECONDS));
        never.open();
        assertEquals("more than 64 requests are under way", Rig.get(server));
    }

    @Test
    void aServerWhoseContentFailsSaysWhy() throws Exception {
        FutureTask<String> server = serve(
                (offset, into) -> {
                    throw new IOException("the disk is gone");
                },
                far);
        PageSource source = PageSource.socket(near);
        IOException e = assertThrows(IOException.class, () -> read(source, 0, 1));
        assertEquals("the connection was closed", e.getMessage());
        assertEquals("the disk is gone", Rig.get(server));
    }

    /** A file that is cut off while it is mapped makes its readers throw InternalError: neither end may wait on. */
    @Test
    void contentThatIsCutOffEndsBothEnds() throws Exception {
        CutFile content = new CutFile(folder, 4);
        FutureTask<String> server = serve(PageSource.memory(content.memory, 0), far);
        PageSource source = PageSource.socket(near);
        assertArrayEquals(expected(0, 4096), read(source, 0, 4096));
        content.cutTo(1);
        FutureTask<Throwable> reader =
                Rig.start(() -> assertThrows(IOException.class, () -> read(source, 2L * HostMemory.PAGE, 4096)));
        String message = Rig.get(server);
        assertTrue(message.startsWith("its memory cannot be read, as if a mapped file were cut off: "), message);
        assertEquals("the connection was closed", Rig.get(reader).getMessage());
        assertFalse(far.isOpen());
    }

    /** What a server's content can do wrong, and what run() then says. */
    enum BadContent {
        THROWS("a bug") {
            @Override
            int read(ByteBuffer into) {
                throw new IllegalStateException("a bug");
            }
        },
        THROWS_AN_ERROR("gone") {
            @Override
            int read(ByteBuffer into) {
                throw new AssertionError("gone");
            }
        },
        SAYS_MORE_THAN_IT_GAVE("asked for 4096 bytes at offset 0x0, the source says 4096 and gave 1") {
            @Override
            int read(ByteBuffer into) {
                into.put((byte) 1);
                return 4096;
            }
        },
        GIVES_MORE_THAN_WAS_ASKED_FOR("asked for 4096 bytes at offset 0x0, the source says 4097 and gave 4097") {
            @Override
            int read(ByteBuffer into) {
                into.limit(into.capacity()).position(WireNumbers.PART_BYTES + 4097);
                return 4097;
            }
        };

        final String message;

        BadContent(String message) {
            this.message = message;
        }

        abstract int read(ByteBuffer into) throws IOException;
    }

    /** Whatever the content does, no byte of another answer is sent, and both ends end with a message. */
    @ParameterizedTest
    @EnumSource
    void contentThatFailsEndsBothEnds(BadContent bad) throws Exception {
        FutureTask<String> server = serve((_, into) -> bad.read(into), far);
        PageSource source = PageSource.socket(near);
        FutureTask<Throwable> reader = Rig.start(() -> assertThrows(IOException.class, () -> read(source, 0, 4096)));
        assertEquals("the connection was closed", Rig.get(reader).getMessage());
        if (bad == BadContent.THROWS_AN_ERROR) {
            ExecutionException e = assertThrows(ExecutionException.class, () -> Rig.get(server));
            assertEquals(
                    "gone", assertInstanceOf(AssertionError.class, e.getCause()).getMessage());
        } else {
            assertEquals(bad.message, Rig.get(server));
        }
        assertFalse(far.isOpen());
    }

    /** A channel that cannot be used, or a buffer that cannot be written, leaves no reader waiting. */
    @Test
    void whatCannotBeUsedFailsAtOnce() throws Exception {
        try (SocketChannel unconnected = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            PageSource source = PageSource.socket(unconnected);
            for (int i = 0; i < WireNumbers.REQUESTS + 1; i++) {
                FutureTask<Throwable> reader =
                        Rig.start(() -> assertThrows(IOException.class, () -> read(source, 0, 4096)));
                Rig.get(reader);
            }
        }
        FutureTask<String> server = serve(pattern, far);
        PageSource source = PageSource.socket(near);
        FutureTask<Throwable> reader = Rig.start(() -> assertThrows(
                IOException.class,
                () -> source.read(0, ByteBuffer.allocateDirect(4096).asReadOnlyBuffer())));
        Rig.get(reader);
        Rig.get(server);
    }

    /** Answers that were not asked for, or are longer than what was, end the connection and write nowhere. */
    @ParameterizedTest
    @CsvSource({
        "0, 4097, 'asked for 4096 bytes, the answer has 4097'",
        "0, 2147483647, 'asked for 4096 bytes, the answer has 2147483647'",
        "0, 0, 'asked for 4096 bytes, the answer has 0'",
        "0, -2, 'asked for 4096 bytes, the answer has -2'",
        "1, 4096, 'an answer to request 1, which is not under way'",
        "64, 4096, 'an answer to request 64, which is not under way'",
        "-1, 4096, 'an answer to request -1, which is not under way'",
    })
    void aWrongAnswerEndsTheConnection(long id, int length, String message) throws Exception {
        PageSource source = PageSource.socket(near);
        ByteBuffer into = ByteBuffer.allocateDirect(3 * 4096).position(4096).limit(2 * 4096);
        FutureTask<Integer> reader = Rig.start(() -> source.read(0, into));
        assertTrue(receiveAll(far, ByteBuffer.allocate(WireNumbers.REQUEST_BYTES)));
        byte[] content = new byte[8192];
        Arrays.fill(content, (byte) 7);
        sendAll(
                far,
                ByteBuffer.allocate(WireNumbers.PART_BYTES + content.length)
                        .putLong(id)
                        .putInt(length)
                        .put(content)
                        .flip());
        ExecutionException e = assertThrows(ExecutionException.class, () -> Rig.get(reader));
        assertEquals(message, e.getCause().getMessage());
        into.clear();
        for (int i = 0; i < 4096; i++) {
            assertEquals(0, into.get(i) | into.get(2 * 4096 + i), "byte " + i);
        }
        assertFalse(near.isOpen());
        assertThrows(IOException.class, () -> source.read(0, ByteBuffer.allocateDirect(1)));
    }

    /** Everybody who waits is told when the connection is cut, in the middle of an answer or before. */
    @Test
    void aCutConnectionFailsAllWhoWait() throws Exception {
        PageSource source = PageSource.socket(near);
        List<FutureTask<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(Rig.start(() -> source.read(0, ByteBuffer.allocateDirect(4096))));
            assertTrue(receiveAll(far, ByteBuffer.allocate(WireNumbers.REQUEST_BYTES)));
        }
        sendAll(far, ByteBuffer.allocate(20).putLong(0).putInt(4096).putLong(1).flip());
        far.close();
        for (FutureTask<Integer> reader : readers) {
            ExecutionException e = assertThrows(ExecutionException.class, () -> Rig.get(reader));
            assertEquals("the connection ended within a message", e.getCause().getMessage());
        }
    }

    /** A peer that asks and does not read keeps no thread and no content busy for longer than the connection allows. */
    @Test
    void aPeerThatDoesNotReadLosesTheConnection() throws Exception {
        Connection connection = Connection.of(far);
        connection.limitWrites(Duration.ofMillis(100));
        FutureTask<String> server = Rig.start(() -> {
            try (PageServer serving = new PageServer(pattern, connection)) {
                serving.run();
                return "ended";
            } catch (IOException e) {
                return e.getMessage();
            }
        });
        send(1, 0, 1 << 26, WireNumbers.URGENT);
        assertEquals("the other end did not read what it was sent within 100 ms", Rig.get(server));
        assertFalse(far.isOpen());
    }

    /** An interrupt of one reader leaves the connection to the others. */
    @Test
    void anInterruptHarmsNobody() throws Exception {
        FutureTask<String> server = serve(pattern, far);
        PageSource source = PageSource.socket(near);
        FutureTask<byte[]> reader = Rig.start(() -> {
            Thread.currentThread().interrupt();
            byte[] bytes = read(source, 0, 4096);
            assertTrue(Thread.interrupted());
            return bytes;
        });
        assertArrayEquals(expected(0, 4096), Rig.get(reader));
        assertArrayEquals(expected(1, 4096), read(source, 1, 4096));
        source.abort();
        assertEquals("ended", Rig.get(server));
    }
}
