package io.kvm4j.fault;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Pages from a {@link PageServer}. One request is under way at a time; after a failure the connection is out of step and
 * of no more use.
 */
final class SocketPageSource implements PageSource {
    /** A request: offset and length. */
    static final int REQUEST_BYTES = 12;

    /** An answer starts with the number of bytes that follow, -1 for none. */
    static final int ANSWER_BYTES = 4;

    private final SocketChannel channel;
    private final ByteBuffer request = ByteBuffer.allocateDirect(REQUEST_BYTES);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES);

    SocketPageSource(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public synchronized int read(long offset, ByteBuffer into) throws IOException {
        request.clear().putLong(offset).putInt(into.remaining()).flip();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        readFully(answer.clear());
        int length = answer.getInt(0);
        if (length > into.remaining()) {
            throw new IOException("asked for %d bytes, the answer has %d".formatted(into.remaining(), length));
        }
        if (length > 0) {
            int limit = into.limit();
            readFully(into.limit(into.position() + length));
            into.limit(limit);
        }
        return length;
    }

    private void readFully(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("the connection was closed");
            }
        }
    }

    /** Closing also ends a read that another thread is inside of. */
    @Override
    public void abort() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String describe() {
        return "the page server at " + channel.socket().getRemoteSocketAddress();
    }
}
