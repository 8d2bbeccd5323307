package io.kvm4j.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection in clear text. Reading and writing direct buffers allocates nothing. */
final class PlainConnection extends Connection {
    private final SocketChannel channel;
    private final PeerCheck check;

    /** Finds out who the other end of a connected channel is, and refuses those that are not allowed. */
    interface PeerCheck {
        Peer check(SocketChannel channel) throws IOException;
    }

    PlainConnection(SocketChannel channel, PeerCheck check) {
        super(channel);
        this.channel = channel;
        this.check = check;
    }

    @Override
    Peer prove() throws IOException {
        return check.check(channel);
    }

    @Override
    int receive(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    void sendAll(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }
}
