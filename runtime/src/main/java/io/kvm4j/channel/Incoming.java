package io.kvm4j.channel;

import io.kvm4j.posix.Cleanup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Function;

/** A connection that a {@link Listener} has accepted, and whose other end has shown nothing yet. */
public final class Incoming implements Closeable {
    private final SocketChannel channel;
    private final Function<SocketChannel, Connection> protocol;

    Incoming(SocketChannel channel, Function<SocketChannel, Connection> protocol) {
        this.channel = channel;
        this.protocol = protocol;
    }

    /**
     * Waits until both ends have shown who they are. If that fails, the connection is closed.
     *
     * @param limit the time from now on after which the connection is closed, unless {@link Connection#limitAll} is called
     *     before: the proof, and whatever the caller wants to hear first, have this time together
     * @return the connection, which the caller closes
     * @throws PeerRefusedException if one end refuses the other
     * @throws IOException if the connection breaks, or the time is over
     */
    public Connection open(Duration limit) throws IOException {
        Connection connection = protocol.apply(channel);
        try {
            connection.limitAll(limit);
            connection.establish();
            return connection;
        } catch (IOException e) {
            throw Cleanup.after(connection.explained(e)).run(connection::close).rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(connection::close).rethrow();
        }
    }

    /** Closes the connection. Any thread may call; {@link #open} fails at once if it is under way. */
    @Override
    public void close() throws IOException {
        Connection.end(channel);
    }
}
