package io.kvm4j.channel;

import io.kvm4j.posix.Cleanup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;

/**
 * A Unix socket, between processes of one host. The kernel tells each end the user of the other (SO_PEERCRED,
 * {@code unix(7)}), which must be this process's effective user, or one that is named here.
 *
 * <p>The socket's file belongs to the listener and has the mode 0600, or 0666 where other users are named; both ends check
 * that. They refuse a path that another user could have put in place: each directory on it belongs to root or an allowed
 * user, and no others can write to it (/tmp may be on the way, but not hold the socket itself). A file that a process left
 * behind that is gone is replaced. Bytes are neither encrypted nor authenticated, which local processes of other users
 * cannot make use of.
 *
 * @param path at most 107 bytes long, its directory at most 97
 * @param users the names or numbers of other users that the other end may have
 */
public record UnixSocket(Path path, Set<String> users) implements Transport {
    /** Takes a copy of the set. */
    public UnixSocket {
        users = Set.copyOf(users);
    }

    /** A socket for this process's own user. */
    public UnixSocket(Path path) {
        this(path, Set.of());
    }

    @Override
    public Listener listen() throws IOException {
        SocketFile file = new SocketFile(path.toAbsolutePath(), AllowedUsers.of(users));
        file.requireSafeDirectories();
        requireUnused(file);
        // Under another name at first: nobody shall find the socket before it has its mode.
        SocketFile unnamed = file.sibling();
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(unnamed.path()), Listener.BACKLOG);
            Object identity = unnamed.protect();
            Files.move(unnamed.path(), file.path(), StandardCopyOption.ATOMIC_MOVE);
            return new Listener(
                    server,
                    channel -> over(channel, file),
                    UnixDomainSocketAddress.of(path),
                    () -> SocketFile.remove(path, identity));
        } catch (SocketException e) {
            IOException why = new IOException("cannot listen on %s: %s".formatted(this, e.getMessage()), e);
            throw Cleanup.after(why).run(server::close).rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e)
                    .run(server::close)
                    .run(() -> Files.deleteIfExists(unnamed.path()))
                    .rethrow();
        }
    }

    /** Refuses a name that is in use, other than by a socket that a process of this user has left behind. */
    private void requireUnused(SocketFile file) throws IOException {
        try {
            file.requireOwnSocket();
        } catch (NoSuchFileException e) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // A listener that is there but busy is told apart without waiting for it.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException e) {
            return;
        } catch (SocketException e) {
            // It is busy.
        }
        throw new IOException(
                "cannot listen on %s: another process listens there; end it, or choose another path".formatted(this));
    }

    @Override
    public Connection connect(Duration limit) throws IOException {
        SocketFile file = new SocketFile(path.toAbsolutePath(), AllowedUsers.of(users));
        file.requireSafeDirectories();
        file.requireAllowedSocket();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        return Connection.open(over(channel, file), UnixDomainSocketAddress.of(path), limit);
    }

    private static Connection over(SocketChannel channel, SocketFile file) {
        return new PlainConnection(channel, file.users()::check);
    }

    /** Returns {@code unix:PATH}. */
    @Override
    public String toString() {
        return "unix:" + path;
    }
}
