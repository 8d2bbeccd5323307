package io.kvm4j.channel;

import io.kvm4j.posix.Cleanup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Function;

/** TCP listeners. */
final class Tcp {
    private Tcp() {}

    static Listener listen(InetSocketAddress address, Function<SocketChannel, Connection> protocol) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on %s: no such host".formatted(Connection.text(address)));
        }
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(address, Listener.BACKLOG);
            return new Listener(server, protocol, server.getLocalAddress(), () -> {});
        } catch (IOException e) {
            IOException why =
                    new IOException("cannot listen on %s: %s".formatted(Connection.text(address), e.getMessage()), e);
            throw Cleanup.after(why).run(server::close).rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(server::close).rethrow();
        }
    }
}
