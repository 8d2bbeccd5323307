package io.kvm4j.channel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * TCP with TLS 1.3, where both ends show a certificate. Other versions are refused, as are peers without a certificate or
 * with one that {@link TlsCredentials} do not trust. Sessions are never resumed and nothing is sent before the handshake is
 * complete, so that bytes which were recorded earlier are of no use to anybody.
 *
 * <p>The connecting end also compares the listener's certificate with the host name or address that it connects to, unless
 * the credentials name the certificate by its fingerprint.
 *
 * @param address where to listen, or to connect to
 * @param credentials who this end is, and whom it trusts
 */
public record MutualTls(InetSocketAddress address, TlsCredentials credentials) implements Transport {
    @Override
    public Listener listen() throws IOException {
        return Tcp.listen(address, channel -> new TlsConnection(channel, credentials, null));
    }

    @Override
    public Connection connect(Duration limit) throws IOException {
        return Connection.open(new TlsConnection(SocketChannel.open(), credentials, address), address, limit);
    }

    /** Returns {@code HOST:PORT}. */
    @Override
    public String toString() {
        return Connection.text(address);
    }
}
