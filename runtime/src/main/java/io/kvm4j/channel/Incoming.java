package io.kvm4j.channel;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** A connection that a {@link Listener} has accepted, and whose other end has shown nothing yet. */
public final class Incoming implements Closeable {
    private final Connection connection;

    Incoming(Connection connection) {
        this.connection = connection;
    }

    /**
     * Waits until both ends have shown who they are. If that fails, the connection is closed. To be called once.
     *
     * @param limit the time from now on after which the connection is closed, unless {@link Connection#limitAll} is called
     *     before: the proof, and whatever the caller wants to hear first, have this time together
     * @return the connection, which the caller closes
     * @throws PeerRefusedException if one end refuses the other
     * @throws IOException if the connection breaks, or the time is over
     */
    public Connection open(Duration limit) throws IOException {
        connection.establish(limit);
        return connection;
    }

    /** Closes the connection. Any thread may call; {@link #open} fails at once if it is under way. */
    @Override
    public void close() throws IOException {
        connection.close();
    }
}
