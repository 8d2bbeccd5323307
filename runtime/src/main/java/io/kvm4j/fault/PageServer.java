package io.kvm4j.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The other end of {@link PageSource#socket}: answers requests for content until the connection is closed. */
public final class PageServer {
    private static final int LARGEST = 1 << 22;

    private final PageSource content;
    private final SocketChannel channel;
    private final ByteBuffer request = ByteBuffer.allocateDirect(SocketPageSource.REQUEST_BYTES);
    private ByteBuffer answer = ByteBuffer.allocateDirect(SocketPageSource.ANSWER_BYTES + 4096);

    /**
     * A server of a connection, which stays the caller's.
     *
     * @param channel a connected channel in blocking mode
     */
    public PageServer(PageSource content, SocketChannel channel) {
        this.content = content;
        this.channel = channel;
    }

    /**
     * Answers requests.
     *
     * @throws IOException if the connection breaks, or a request is wrong
     */
    public void run() throws IOException {
        while (receive()) {
            long offset = request.getLong(0);
            int wanted = request.getInt(Long.BYTES);
            if (offset < 0 || wanted <= 0 || wanted > LARGEST) {
                throw new IOException("a request for %d bytes at offset %d".formatted(wanted, offset));
            }
            send(offset, wanted);
        }
    }

    private boolean receive() throws IOException {
        request.clear();
        while (request.hasRemaining()) {
            if (channel.read(request) < 0) {
                if (request.position() != 0) {
                    throw new IOException("the connection ended within a request");
                }
                return false;
            }
        }
        return true;
    }

    private void send(long offset, int wanted) throws IOException {
        if (answer.capacity() < SocketPageSource.ANSWER_BYTES + wanted) {
            answer = ByteBuffer.allocateDirect(SocketPageSource.ANSWER_BYTES + wanted);
        }
        answer.clear().position(SocketPageSource.ANSWER_BYTES).limit(SocketPageSource.ANSWER_BYTES + wanted);
        int length = content.read(offset, answer);
        answer.putInt(0, length).position(0).limit(SocketPageSource.ANSWER_BYTES + Math.max(0, length));
        while (answer.hasRemaining()) {
            channel.write(answer);
        }
    }
}
