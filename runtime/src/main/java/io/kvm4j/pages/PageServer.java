package io.kvm4j.pages;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.channel.Connection;
import io.kvm4j.posix.Cleanup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The other end of {@link PageSource#socket}: answers requests for content until the connection is closed. What somebody
 * waits for goes ahead of what is fetched in the background. The peer is not trusted: a request that is wrong ends the
 * connection, and no request takes memory.
 */
public final class PageServer implements AutoCloseable {
    /** How long a peer may leave an answer unread if nobody has said otherwise. */
    private static final Duration UNREAD = Duration.ofSeconds(30);

    private final PageSource content;
    private final Connection connection;
    private final ByteBuffer message = ByteBuffer.allocateDirect(PageWire.REQUEST_BYTES);
    private final ByteBuffer part = ByteBuffer.allocateDirect(PageWire.PART_BYTES + PageWire.PART);

    @GuardedBy("this")
    private final Queue<Request> urgent = new ArrayDeque<>(PageWire.REQUESTS);

    @GuardedBy("this")
    private final Queue<Request> ahead = new ArrayDeque<>(PageWire.REQUESTS);

    @GuardedBy("this")
    private final Queue<Request> unused = new ArrayDeque<>(PageWire.REQUESTS);

    @GuardedBy("this")
    private boolean stopped;

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private @Nullable Throwable failure;

    @GuardedBy("this")
    private @Nullable Thread receiver;

    @GuardedBy("this")
    private @Nullable Thread sender;

    /** What is still to be sent of an answer. */
    private static final class Request {
        long id;
        long offset;
        int length;
    }

    /**
     * A server of a connection, which it closes when it is done. A peer that does not read is only noticed by the
     * connection's limit for writes.
     *
     * @param content asked by one thread at a time; it stays the caller's
     */
    public PageServer(PageSource content, Connection connection) {
        this.content = content;
        this.connection = connection;
        for (int i = 0; i < PageWire.REQUESTS; i++) {
            unused.add(new Request());
        }
    }

    /**
     * A server of a connection that the caller has made, in clear text, and whose other end the caller answers for. A peer
     * that leaves an answer unread for 30 seconds loses the connection.
     *
     * @param content asked by one thread at a time; it stays the caller's
     * @param channel a connected channel in blocking mode, which the server closes when it is done
     */
    public PageServer(PageSource content, SocketChannel channel) {
        this(content, Connection.of(channel));
        connection.limitWrites(UNREAD);
    }

    /**
     * Answers requests until the peer or another thread closes the connection. When this returns or throws, the connection
     * is closed and the content is not read any more.
     *
     * @throws IOException if the connection breaks, a request is wrong, or the content cannot be read: it failed, or it is a
     *     mapped file that was cut off
     * @throws Error if the content threw one
     * @throws IllegalStateException if it was run before
     */
    public void run() throws IOException {
        Thread sends = begin();
        Cleanup receiving = new Cleanup().run(() -> receiveRequests(sends));
        receiving.run(this::stop).run(connection::close).run(() -> join(sends)).run(this::end);
        ending(receiving).finish();
    }

    private synchronized Thread begin() {
        if (receiver != null) {
            throw new IllegalStateException("the page server has run before: each connection needs one of its own");
        }
        receiver = Thread.currentThread();
        sender = Thread.ofPlatform().name("page-sender").daemon().unstarted(this::sendAnswers);
        return sender;
    }

    private void receiveRequests(Thread sends) throws IOException {
        sends.start();
        while (connection.readFully(message.clear())) {
            take(message.getLong(0), message.getLong(8), message.getInt(16), message.getInt(20));
        }
    }

    private synchronized void take(long id, long offset, int length, int urgency) throws IOException {
        if (offset < 0 || length <= 0 || length > PageWire.LONGEST_REQUEST || offset > Long.MAX_VALUE - length) {
            throw new IOException("a request for %d bytes at offset %d".formatted(length, offset));
        }
        if (urgency != PageWire.URGENT && urgency != PageWire.AHEAD) {
            throw new IOException("a request of urgency " + urgency);
        }
        Request request = unused.poll();
        if (request == null) {
            throw new IOException("more than %d requests are under way".formatted(PageWire.REQUESTS));
        }
        request.id = id;
        request.offset = offset;
        request.length = length;
        (urgency == PageWire.URGENT ? urgent : ahead).add(request);
        notifyAll();
    }

    /** The sender closes the connection when it fails, and the receiver then fails of that. */
    private synchronized Cleanup ending(Cleanup receiving) {
        return switch (failure) {
            case null -> receiving;
            case IOException e -> Cleanup.after(e);
            case Error e -> Cleanup.after(e);
            case Throwable t -> Cleanup.after(new IOException(SourceCalls.message(t), t));
        };
    }

    private synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /**
     * Closes the connection, and returns when {@link #run} has ended and the content is not read any more. If the content
     * itself calls this, it returns at once. Any thread may call it.
     *
     * @throws IOException if the connection cannot be closed
     */
    @Override
    public void close() throws IOException {
        connection.close();
        boolean interrupted = false;
        synchronized (this) {
            boolean own = Thread.currentThread() == sender || Thread.currentThread() == receiver;
            while (receiver != null && !ended && !own) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendAnswers() {
        try {
            for (Request request = await(); request != null; request = await()) {
                sendPart(request);
            }
        } catch (Throwable t) {
            giveUp(t);
        }
    }

    /** Closes the connection, so that neither the receiver nor the peer waits for an answer. */
    private void giveUp(Throwable why) {
        synchronized (this) {
            // What fails because the connection was closed is no reason.
            if (!stopped || why instanceof Error) {
                failure = why;
            }
        }
        Cleanup ignored = Cleanup.after(why).run(connection::close);
    }

    /** The request whose turn it is, which stays in its queue until all of it is sent; null when there is no more to do. */
    private synchronized @Nullable Request await() throws InterruptedException {
        while (!stopped && urgent.isEmpty() && ahead.isEmpty()) {
            wait();
        }
        if (stopped) {
            return null;
        }
        return urgent.isEmpty() ? ahead.peek() : urgent.peek();
    }

    private void sendPart(Request request) throws IOException {
        int wanted = Math.min(request.length, PageWire.PART);
        part.clear().position(PageWire.PART_BYTES).limit(PageWire.PART_BYTES + wanted);
        int length = SourceCalls.read(content, request.offset, part, true);
        part.putLong(0, request.id).putInt(Long.BYTES, length);
        boolean last = length < 0 || length == request.length;
        request.offset += Math.max(0, length);
        request.length -= Math.max(0, length);
        if (last) {
            finish(request);
        }
        connection.write(part.position(0).limit(PageWire.PART_BYTES + Math.max(0, length)));
    }

    /** Frees the request before its last part is sent: once that is there, the peer may send another. */
    private synchronized void finish(Request request) {
        if (!urgent.remove(request)) {
            ahead.remove(request);
        }
        unused.add(request);
    }
}
