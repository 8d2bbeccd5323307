package io.kvm4j.channel;

import io.kvm4j.posix.Cleanup;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose other end is known as far as its {@link Transport} promises. Bytes go both ways; reads and writes
 * block. One thread may read while another writes.
 *
 * <p>Any thread may close it: then reads, writes and a handshake that are under way fail at once, whatever they wait for.
 * An interrupt of a thread that reads or writes closes the connection, too.
 */
public abstract sealed class Connection implements Closeable permits PlainConnection, TlsConnection {
    private final SocketChannel channel;
    private final Deadlines deadlines = new Deadlines(this::overrun);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Set by {@link #establish}, before the connection is anybody's but the thread's that opens it. */
    private Peer peer = new Peer("an unknown end", false);

    Connection(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes a connection that the caller has made, in clear text, and whose other end the caller answers for.
     *
     * @param channel a connected channel in blocking mode, which the connection owns from now on
     */
    public static Connection of(SocketChannel channel) {
        Peer peer = new Peer(describe(channel), false);
        Connection connection = new PlainConnection(channel, _ -> peer);
        connection.peer = peer;
        return connection;
    }

    private static String describe(SocketChannel channel) {
        try {
            return String.valueOf(channel.getRemoteAddress());
        } catch (IOException e) {
            return "the end of a closed connection";
        }
    }

    /** The host at the other end, which is no proof of anything. */
    static Peer unknownPeer(SocketChannel channel) throws IOException {
        return channel.getRemoteAddress() instanceof InetSocketAddress remote
                ? new Peer(remote.getAddress().getHostAddress(), false)
                : new Peer("an unknown end", false);
    }

    /** Returns who the other end is. */
    public final Peer peer() {
        return peer;
    }

    abstract int receive(ByteBuffer into) throws IOException;

    abstract void sendAll(ByteBuffer from) throws IOException;

    /** Proves who both ends are, by what the transport has for it, and returns who the other one is. */
    abstract Peer prove() throws IOException;

    final void establish() throws IOException {
        peer = prove();
    }

    /** Proves who both ends are within a limit, which goes on running. Closes the connection if that fails. */
    final void establish(Duration limit) throws IOException {
        try {
            limitAll(limit);
            establish();
        } catch (IOException e) {
            throw Cleanup.after(explained(e)).run(this::close).rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(this::close).rethrow();
        }
    }

    /**
     * Reads what there is, and waits until there is something.
     *
     * @param into takes at least one byte, if it has room
     * @return how many bytes it took, or -1 if the other end will send no more
     * @throws SocketTimeoutException if a limit is over; the connection is closed
     * @throws IOException if the connection breaks, or is closed meanwhile
     */
    public final int read(ByteBuffer into) throws IOException {
        deadlines.beginRead();
        try {
            int read = receive(into);
            if (read < 0 && (closed.get() || deadlines.overrun() != null)) {
                throw new AsynchronousCloseException();
            }
            return read;
        } catch (IOException e) {
            throw explained(e);
        } finally {
            deadlines.endRead();
        }
    }

    /**
     * Fills the rest of a buffer.
     *
     * @return false if the other end had ended the connection before the first byte
     * @throws EOFException if it ended the connection after that
     * @throws IOException if the connection breaks, is closed meanwhile, or a limit is over
     */
    public final boolean readFully(ByteBuffer into) throws IOException {
        int start = into.position();
        while (into.hasRemaining()) {
            if (read(into) < 0) {
                if (into.position() == start) {
                    return false;
                }
                throw new EOFException("the connection ended within a message");
            }
        }
        return true;
    }

    /**
     * Writes the rest of a buffer.
     *
     * @throws SocketTimeoutException if a limit is over; the connection is closed
     * @throws IOException if the connection breaks, or is closed meanwhile
     */
    public final void write(ByteBuffer from) throws IOException {
        deadlines.beginWrite();
        try {
            sendAll(from);
        } catch (IOException e) {
            throw explained(e);
        } finally {
            deadlines.endWrite();
        }
    }

    /**
     * Opens a connection.
     *
     * @param limit the time that connecting and proving may take together
     */
    static Connection open(Connection connection, SocketAddress address, Duration limit) throws IOException {
        try {
            connection.limitAll(limit);
            connection.connect(address);
            connection.establish();
            connection.limitAll(null);
            return connection;
        } catch (IOException e) {
            throw Cleanup.after(connection.explained(e)).run(connection::close).rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(connection::close).rethrow();
        }
    }

    private void connect(SocketAddress address) throws IOException {
        try {
            channel.connect(address);
        } catch (ConnectException | NoRouteToHostException e) {
            throw new IOException("cannot connect to %s: %s".formatted(text(address), e.getMessage()), e);
        } catch (SocketException e) {
            if (String.valueOf(e.getMessage()).contains("Permission denied")) {
                throw new PeerRefusedException("this user may not connect to " + text(address), e);
            }
            throw e;
        } catch (UnresolvedAddressException e) {
            throw new IOException("no such host: " + text(address), e);
        }
    }

    static String text(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet -> inet.getHostString() + ":" + inet.getPort();
            case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
            default -> address.toString();
        };
    }

    /** Closing makes reads and writes fail in many ways; this says why. */
    final IOException explained(IOException failure) {
        String overrun = deadlines.overrun();
        if (overrun != null) {
            SocketTimeoutException timeout = new SocketTimeoutException(overrun);
            timeout.initCause(failure);
            return timeout;
        }
        if (closed.get() && !(failure instanceof ClosedChannelException)) {
            AsynchronousCloseException close = new AsynchronousCloseException();
            close.initCause(failure);
            return close;
        }
        return failure;
    }

    /**
     * Limits how long each read may wait for the other end from now on, the one that is under way included. There is no
     * limit at first.
     *
     * @param limit null for none
     */
    public final void limitReads(@Nullable Duration limit) {
        deadlines.limitReads(limit);
    }

    /** Limits how long each write may take from now on, in the same way. */
    public final void limitWrites(@Nullable Duration limit) {
        deadlines.limitWrites(limit);
    }

    /**
     * Limits how long everything may take from now on: when the time is over, the connection is closed, unless the limit
     * was set again.
     *
     * @param limit null for none
     */
    public final void limitAll(@Nullable Duration limit) {
        deadlines.limitAll(limit);
    }

    /** Sends messages at once, and notices a peer whose host is gone; a Unix socket has neither question. */
    static void configureTcp(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    private void overrun() {
        try {
            closeChannel();
        } catch (IOException e) {
            // The connection is of no more use in any case.
        }
    }

    /** Ends both directions at once. */
    @Override
    public final void close() throws IOException {
        closed.set(true);
        deadlines.end();
        closeChannel();
    }

    private void closeChannel() throws IOException {
        end(channel);
    }

    /**
     * Closes a channel that others may wait on. Shutting the socket down wakes them by itself; closing alone would do it by
     * a queued signal, which can fail.
     */
    static void end(SocketChannel channel) throws IOException {
        try {
            channel.shutdownInput();
            channel.shutdownOutput();
        } catch (IOException | RuntimeException e) {
            // It is not connected, or no longer.
        } finally {
            channel.close();
        }
    }
}
