package io.kvm4j.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection in clear text. Reading and writing direct buffers allocates nothing. */
final class PlainConnection extends Connection {
    private static final int LARGEST_COPY = 1 << 16;

    private final SocketChannel channel;
    private final PeerCheck check;
    private final Transfer read;
    private final Transfer write;

    /** Finds out who the other end of a connected channel is, and refuses those that are not allowed. */
    interface PeerCheck {
        Peer check(SocketChannel channel) throws IOException;
    }

    PlainConnection(SocketChannel channel, PeerCheck check) {
        super(channel);
        this.channel = channel;
        this.check = check;
        this.read = channel::read;
        this.write = channel::write;
    }

    @Override
    Peer prove() throws IOException {
        return check.check(channel);
    }

    @Override
    int receive(ByteBuffer into) throws IOException {
        return within(into, read);
    }

    @Override
    void sendAll(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            within(from, write);
        }
    }

    private interface Transfer {
        int run(ByteBuffer buffer) throws IOException;
    }

    /** Copies of heap buffers are made in direct memory that the JDK keeps for the thread: no more than this at a time. */
    private static int within(ByteBuffer buffer, Transfer transfer) throws IOException {
        if (buffer.isDirect() || buffer.remaining() <= LARGEST_COPY) {
            return transfer.run(buffer);
        }
        int limit = buffer.limit();
        try {
            return transfer.run(buffer.limit(buffer.position() + LARGEST_COPY));
        } finally {
            buffer.limit(limit);
        }
    }
}
