package io.kvm4j.channel;

import io.kvm4j.posix.Cleanup;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Function;

/** Accepts connections of one {@link Transport}. Any thread may close it. */
public final class Listener implements Closeable {
    static final int BACKLOG = 128;

    private final ServerSocketChannel server;
    private final Function<SocketChannel, Connection> protocol;
    private final SocketAddress address;
    private final Cleanup.Step afterwards;

    Listener(
            ServerSocketChannel server,
            Function<SocketChannel, Connection> protocol,
            SocketAddress address,
            Cleanup.Step afterwards) {
        this.server = server;
        this.protocol = protocol;
        this.address = address;
        this.afterwards = afterwards;
    }

    /**
     * Waits for a connection. Nothing is read from it yet: {@link Incoming#open}, which waits for the other end, is for
     * another thread, so that one slow peer does not delay the next.
     *
     * @throws java.nio.channels.ClosedChannelException if this is closed
     * @throws IOException if no connection can be accepted
     */
    public Incoming accept() throws IOException {
        return new Incoming(protocol.apply(server.accept()));
    }

    /** Returns where it listens: the port that was picked, if port 0 was asked for. */
    public SocketAddress address() {
        return address;
    }

    /** Returns the address as {@code HOST:PORT} or {@code unix:PATH}. */
    @Override
    public String toString() {
        return Connection.text(address);
    }

    /** Stops listening. Connections that were accepted stay open. */
    @Override
    public void close() throws IOException {
        if (server.isOpen()) {
            new Cleanup().run(server::close).run(afterwards).finish();
        }
    }
}
