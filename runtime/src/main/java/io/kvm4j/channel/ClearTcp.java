package io.kvm4j.channel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * TCP in clear text. It proves nothing about the other end: whoever reaches the port is served, and on a network everyone
 * on the way can read and change what is said.
 */
public final class ClearTcp implements Transport {
    private final InetSocketAddress address;

    private ClearTcp(InetSocketAddress address) {
        this.address = address;
    }

    /** Returns clear text over the loopback interface, and refuses other addresses. */
    static ClearTcp loopback(InetSocketAddress address) {
        if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "%s is not a loopback address, and clear text over a network gives the guest to everyone who reaches the port: use TLS, or a Unix socket, or ask for insecure clear text explicitly"
                            .formatted(Connection.text(address)));
        }
        return new ClearTcp(address);
    }

    /** Returns clear text over any network. */
    static ClearTcp insecure(InetSocketAddress address) {
        return new ClearTcp(address);
    }

    /** Returns where to listen, or to connect to. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public Listener listen() throws IOException {
        return Tcp.listen(address, ClearTcp::over);
    }

    @Override
    public Connection connect(Duration limit) throws IOException {
        return Connection.open(over(SocketChannel.open()), address, limit);
    }

    private static Connection over(SocketChannel channel) {
        return new PlainConnection(channel, connected -> {
            Connection.configureTcp(connected);
            return Connection.unknownPeer(connected);
        });
    }

    /** Returns {@code HOST:PORT}. */
    @Override
    public String toString() {
        return Connection.text(address);
    }
}
