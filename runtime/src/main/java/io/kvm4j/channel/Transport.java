package io.kvm4j.channel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How two ends of a connection meet, and why they trust each other. Both ends use the same kind of transport. A transport
 * is immutable and opens nothing by itself; any thread may use it.
 */
public sealed interface Transport permits UnixSocket, MutualTls, ClearTcp {
    /** Returns a Unix socket for processes of this process's own user. */
    static UnixSocket unix(Path path) {
        return new UnixSocket(path);
    }

    /** Returns TCP with mutual TLS 1.3. */
    static MutualTls tls(InetSocketAddress address, TlsCredentials credentials) {
        return new MutualTls(address, credentials);
    }

    /**
     * Returns TCP in clear text over the loopback interface. Every local user can connect to it; prefer {@link #unix}.
     *
     * @throws IllegalArgumentException if the address is not a loopback address
     */
    static ClearTcp loopback(InetSocketAddress address) {
        return ClearTcp.loopback(address);
    }

    /**
     * Returns TCP in clear text over any network. Everyone who can reach the port gets what the listener has to give, and
     * everyone on the way can read and change it: for a network that is trusted as a whole, or a tunnel.
     */
    static ClearTcp insecure(InetSocketAddress address) {
        return ClearTcp.insecure(address);
    }

    /**
     * Starts to listen. The caller closes the listener.
     *
     * @throws IOException if the address cannot be used, or its protection is not what this transport promises
     */
    Listener listen() throws IOException;

    /**
     * Connects, and returns when both ends have shown who they are. The connection has no limits any more. The caller
     * closes it.
     *
     * @param limit the time that connecting and proving may take together
     * @throws PeerRefusedException if one end refuses the other
     * @throws IOException if the listener cannot be reached in time
     */
    Connection connect(Duration limit) throws IOException;
}
