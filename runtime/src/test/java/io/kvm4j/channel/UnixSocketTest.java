package io.kvm4j.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.posix.CurrentUser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Unix sockets, which only their own user may use, and clear text over TCP. */
@Timeout(300)
class UnixSocketTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String OTHER = "12345";

    @TempDir
    Path folder;

    private static <T> FutureTask<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().daemon().start(future);
        return future;
    }

    private static <T> T get(FutureTask<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static Throwable failure(FutureTask<?> future) {
        return assertThrows(ExecutionException.class, () -> get(future)).getCause();
    }

    private UnixSocket socket() {
        return Transport.unix(folder.resolve("socket"));
    }

    @SuppressWarnings("try") // closing is what is tested
    @Test
    void endsOfOneUserTalk() throws Exception {
        try (Listener listener = socket().listen();
                Connection near = socket().connect(LIMIT);
                Connection far = listener.accept().open(LIMIT)) {
            far.limitAll(null);
            near.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            ByteBuffer into = ByteBuffer.allocate(3);
            assertTrue(far.readFully(into));
            assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3}), into.flip());
            assertTrue(near.peer().isKnown());
            assertEquals(near.peer(), far.peer());
            near.close();
            assertFalse(far.readFully(into.clear()));
        }
        assertFalse(Files.exists(folder.resolve("socket")));
    }

    @Test
    void theSocketIsItsUsersAlone() throws Exception {
        Path path = folder.resolve("socket");
        try (Listener listener = socket().listen()) {
            assertEquals("unix:" + path, listener.toString());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
            assertEquals(
                    path + " has the mode 0666, where 0600 is right: another process has opened it up",
                    refusal(socket()));
        }
    }

    private static String refusal(UnixSocket socket) {
        return assertThrows(PeerRefusedException.class, () -> socket.connect(LIMIT))
                .getMessage();
    }

    @Test
    void aDirectoryThatOthersCanWriteToIsRefused() throws Exception {
        for (String permissions : new String[] {"rwxrwx---", "rwx----w-"}) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
            String message =
                    "other users can write to %s, and could put another socket at %s: choose another directory, or chmod go-w %s"
                            .formatted(folder, folder.resolve("socket"), folder);
            assertEquals(message, refusal(socket()));
            assertEquals(
                    message,
                    assertThrows(PeerRefusedException.class, socket()::listen).getMessage());
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        socket().listen().close();
    }

    /** Also where a symbolic link leads to such a directory, or the directory lies within one. */
    @Test
    void aDirectoryBelowOneThatOthersCanWriteToIsRefused() throws Exception {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path below = Files.createDirectory(open.resolve("below"));
        Files.setPosixFilePermissions(below, PosixFilePermissions.fromString("rwx------"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), below);
        for (Path directory : new Path[] {below, link}) {
            UnixSocket socket = Transport.unix(directory.resolve("socket"));
            assertThrows(PeerRefusedException.class, socket::listen);
            refusal(socket);
        }
    }

    @Test
    void whatBelongsToAnotherUserIsRefused() throws Exception {
        assumeTrue(CurrentUser.id() == 0, "only root can give files away");
        Path path = folder.resolve("socket");
        try (Listener listener = socket().listen()) {
            Files.setOwner(path, AllowedUsers.find(OTHER));
            assertEquals(path + " belongs to user 12345, and only root is allowed", refusal(socket()));
            Files.setOwner(folder, AllowedUsers.find(OTHER));
            assertEquals(
                    "%s belongs to user 12345, who could put another socket at %s: choose a directory of root"
                            .formatted(folder, path),
                    refusal(socket()));
            assertEquals(path, ((UnixDomainSocketAddress) listener.address()).getPath());
        }
    }

    @Test
    void aPeerOfAnotherUserIsRefused() throws Exception {
        AllowedUsers others = new AllowedUsers(AllowedUsers.find(OTHER), Set.of());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("raw")));
            try (SocketChannel near = SocketChannel.open(server.getLocalAddress());
                    SocketChannel far = server.accept()) {
                for (SocketChannel end : new SocketChannel[] {near, far}) {
                    String message = assertThrows(PeerRefusedException.class, () -> others.check(end))
                            .getMessage();
                    assertTrue(message.endsWith(", and only 12345 is allowed"), message);
                }
                AllowedUsers allowing = AllowedUsers.of(Set.of(OTHER));
                assertTrue(allowing.check(far).isKnown());
            }
        }
    }

    /** Users that are named may open the socket as well. */
    @Test
    void anotherUserCanBeAllowed() throws Exception {
        Path path = folder.resolve("shared");
        UnixSocket shared = new UnixSocket(path, Set.of(OTHER));
        try (Listener listener = shared.listen();
                Connection near = shared.connect(LIMIT);
                Connection far = listener.accept().open(LIMIT)) {
            assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            assertEquals(near.peer(), far.peer());
        }
        assertEquals(
                "there is no user \"no such user\"",
                assertThrows(IOException.class, () -> new UnixSocket(path, Set.of("no such user")).listen())
                        .getMessage());
    }

    @Test
    void onlyASocketThatWasLeftBehindIsReplaced() throws Exception {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
        assertTrue(Files.exists(path));
        assertEquals("cannot connect to unix:%s: Connection refused".formatted(path), connectFailure());
        try (Listener listener = socket().listen()) {
            assertEquals(
                    "cannot listen on unix:%s: another process listens there; end it, or choose another path"
                            .formatted(path),
                    assertThrows(IOException.class, socket()::listen).getMessage());
            assertTrue(Files.exists(path), listener.toString());
        }
        assertEquals("cannot connect to unix:%s: there is no such socket".formatted(path), connectFailure());
        Files.writeString(path, "precious");
        assertEquals(
                "cannot listen on unix:%s: a file that is not this user's socket has that name".formatted(path),
                assertThrows(IOException.class, socket()::listen).getMessage());
        assertEquals("precious", Files.readString(path));
        assertEquals(path + " is not a socket", connectFailure());
    }

    private String connectFailure() {
        return assertThrows(IOException.class, () -> socket().connect(LIMIT)).getMessage();
    }

    @SuppressWarnings("try") // closing is what is tested
    @Test
    void closingEndsWhatIsUnderWay() throws Exception {
        try (Listener listener = socket().listen();
                Connection near = socket().connect(LIMIT);
                Connection far = listener.accept().open(LIMIT)) {
            far.limitAll(null);
            FutureTask<Integer> reading = start(() -> far.read(ByteBuffer.allocateDirect(1)));
            FutureTask<Void> writing = start(() -> {
                far.write(ByteBuffer.allocateDirect(1 << 24));
                return null;
            });
            FutureTask<Incoming> accepting = start(listener::accept);
            Thread.sleep(100);
            assertFalse(reading.isDone() || writing.isDone() || accepting.isDone());
            far.close();
            listener.close();
            assertTrue(failure(reading) instanceof ClosedChannelException);
            assertTrue(failure(writing) instanceof ClosedChannelException);
            assertTrue(failure(accepting) instanceof ClosedChannelException);
            assertTrue(near.peer().isKnown());
        }
    }

    @Test
    void readsWritesAndAllOfItHaveLimits() throws Exception {
        try (Listener listener = socket().listen()) {
            for (int kind = 0; kind < 3; kind++) {
                try (Connection near = socket().connect(LIMIT);
                        Connection far = listener.accept().open(LIMIT)) {
                    far.limitAll(null);
                    assertTrue(near.peer().isKnown());
                    String message = switch (kind) {
                        case 0 -> {
                            far.limitReads(Duration.ofMillis(50));
                            yield message(() -> far.read(ByteBuffer.allocate(1)));
                        }
                        case 1 -> {
                            far.limitWrites(Duration.ofMillis(50));
                            yield message(() -> far.write(ByteBuffer.allocate(1 << 24)));
                        }
                        default -> {
                            far.limitAll(Duration.ofMillis(50));
                            Thread.sleep(100);
                            yield message(() -> far.read(ByteBuffer.allocate(1)));
                        }
                    };
                    assertEquals(
                            switch (kind) {
                                case 0 -> "the other end was silent for 50 ms";
                                case 1 -> "the other end did not read what it was sent within 50 ms";
                                default -> "the other end took more than 50 ms in all";
                            },
                            message);
                }
            }
        }
    }

    private static String message(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(SocketTimeoutException.class, executable).getMessage();
    }

    /** A limit is for each read anew: a peer that goes on talking is not silent. */
    @Test
    void aReadThatGetsSomethingIsInTime() throws Exception {
        try (Listener listener = socket().listen();
                Connection near = socket().connect(LIMIT);
                Connection far = listener.accept().open(LIMIT)) {
            far.limitAll(null);
            far.limitReads(Duration.ofSeconds(2));
            for (int i = 0; i < 6; i++) {
                Thread.sleep(500);
                near.write(ByteBuffer.wrap(new byte[] {1}));
                assertEquals(1, far.read(ByteBuffer.allocate(10)));
            }
        }
    }

    @SuppressWarnings("AddressSelection") // an address, not a name
    @Test
    void clearTextIsForTheLoopbackInterface() throws Exception {
        assertEquals(
                "192.0.2.1:7000 is not a loopback address, and clear text over a network gives the guest to everyone who reaches the port: use TLS, or a Unix socket, or ask for insecure clear text explicitly",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Transport.loopback(new InetSocketAddress("192.0.2.1", 7000)))
                        .getMessage());
        for (String everywhere : new String[] {"0.0.0.0", "::"}) {
            assertThrows(
                    IllegalArgumentException.class, () -> Transport.loopback(new InetSocketAddress(everywhere, 0)));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Transport.loopback(InetSocketAddress.createUnresolved("localhost", 0)));
        Transport.insecure(new InetSocketAddress("192.0.2.1", 7000));
        try (Listener listener = Transport.loopback(new InetSocketAddress("127.0.0.1", 0))
                        .listen();
                Connection near = Transport.loopback((InetSocketAddress) listener.address())
                        .connect(LIMIT);
                Connection far = listener.accept().open(LIMIT)) {
            assertFalse(near.peer().isKnown() || far.peer().isKnown());
            assertEquals("127.0.0.1", far.peer().name());
            IOException e = assertThrows(
                    IOException.class,
                    () -> Transport.loopback((InetSocketAddress) listener.address())
                            .listen());
            assertTrue(e.getMessage().startsWith("cannot listen on 127.0.0.1:"), e.getMessage());
        }
    }
}
