package io.kvm4j.pages;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.channel.Connection;
import io.kvm4j.posix.Cleanup;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Pages from a {@link PageServer}, as {@link PageWire} says. Several requests are under way at a time, and a thread of
 * its own takes what comes in to whoever asked for it. After a failure the connection is out of step and of no more use.
 */
final class SocketPageSource implements PageSource {
    private final Connection connection;
    private final Object sending = new Object();
    private final ByteBuffer request = ByteBuffer.allocateDirect(PageWire.REQUEST_BYTES);
    private final ByteBuffer part = ByteBuffer.allocateDirect(PageWire.PART_BYTES);
    private final Exchange[] exchanges = new Exchange[PageWire.REQUESTS];

    @GuardedBy("this")
    private long requests;

    @GuardedBy("this")
    private boolean receives;

    @GuardedBy("this")
    private @Nullable IOException failure;

    SocketPageSource(Connection connection) {
        this.connection = connection;
        for (int i = 0; i < exchanges.length; i++) {
            exchanges[i] = new Exchange(i);
        }
    }

    /** A request that is under way, and who waits for it. Guarded by itself, but for what the receiver fills. */
    private static final class Exchange {
        final int slot;
        long id = -1;

        @Nullable
        ByteBuffer into;

        int start;
        boolean done;
        boolean ended;

        Exchange(int slot) {
            this.slot = slot;
        }

        synchronized void finish(boolean end) {
            done = true;
            ended = end;
            notifyAll();
        }

        /** Waits whether interrupted or not: until it is done, the receiver may write to the caller's buffer. */
        synchronized void awaitDone() {
            boolean interrupted = false;
            while (!done) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
        return read(offset, into, PageWire.URGENT);
    }

    @Override
    public int readAhead(long offset, ByteBuffer into) throws IOException {
        return read(offset, into, PageWire.AHEAD);
    }

    private int read(long offset, ByteBuffer into, int urgency) throws IOException {
        Exchange exchange = begin(into);
        Throwable unsent = null;
        try {
            send(exchange.id, offset, into.limit() - exchange.start, urgency);
        } catch (Throwable t) {
            // The receiver then fails as well, and ends all exchanges: only it knows when it writes to no buffer any
            // more.
            unsent = t;
            Cleanup ignored = Cleanup.after(t).run(connection::close);
        }
        exchange.awaitDone();
        if (unsent instanceof Error e) {
            free(exchange);
            throw e;
        }
        return end(exchange, into);
    }

    private synchronized Exchange begin(ByteBuffer into) throws IOException {
        requireUsable();
        Exchange free = unused();
        while (free == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted before the request was sent", e);
            }
            requireUsable();
            free = unused();
        }
        startReceiver();
        free.id = requests++ * exchanges.length + free.slot;
        free.start = into.position();
        free.done = false;
        free.into = into;
        return free;
    }

    private @Nullable Exchange unused() {
        for (Exchange exchange : exchanges) {
            if (exchange.into == null) {
                return exchange;
            }
        }
        return null;
    }

    @GuardedBy("this")
    private void requireUsable() throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    @GuardedBy("this")
    private void startReceiver() {
        if (!receives) {
            Thread ignored = Thread.ofPlatform().name("page-receiver").daemon().start(this::receive);
            receives = true;
        }
    }

    /** An interrupt of a sender would close the channel for all: it is put off. */
    private void send(long id, long offset, int length, int urgency) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            synchronized (sending) {
                request.clear().putLong(id).putLong(offset).putInt(length).putInt(urgency);
                connection.write(request.flip());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void free(Exchange exchange) {
        exchange.into = null;
        notifyAll();
    }

    private synchronized int end(Exchange exchange, ByteBuffer into) throws IOException {
        free(exchange);
        int length = into.position() - exchange.start;
        if (!exchange.ended && into.hasRemaining()) {
            requireUsable();
        }
        return length == 0 ? -1 : length;
    }

    /** Runs in the receiver until the connection ends, and then leaves nobody waiting. */
    private void receive() {
        IOException why;
        try {
            while (connection.readFully(part.clear())) {
                take(part.getLong(0), part.getInt(Long.BYTES));
            }
            why = new EOFException("the connection was closed");
        } catch (IOException e) {
            why = e;
        } catch (Throwable t) {
            why = new IOException("pages cannot be received: " + SourceCalls.message(t), t);
        }
        fail(why);
    }

    private void take(long id, int length) throws IOException {
        Exchange exchange = exchanges[Math.floorMod(id, exchanges.length)];
        ByteBuffer into = bufferOf(exchange, id);
        if (length == PageWire.END) {
            exchange.finish(true);
            return;
        }
        if (length <= 0 || length > into.remaining()) {
            throw new IOException("asked for %d bytes, the answer has %d".formatted(into.remaining(), length));
        }
        int limit = into.limit();
        boolean whole = connection.readFully(into.limit(into.position() + length));
        into.limit(limit);
        if (!whole) {
            throw new EOFException("the connection ended within an answer");
        }
        if (!into.hasRemaining()) {
            exchange.finish(false);
        }
    }

    private synchronized ByteBuffer bufferOf(Exchange exchange, long id) throws IOException {
        ByteBuffer into = exchange.into;
        if (into == null || exchange.id != id || exchange.done) {
            throw new IOException("an answer to request %d, which is not under way".formatted(id));
        }
        return into;
    }

    private synchronized void fail(IOException why) {
        failure = why;
        for (Exchange exchange : exchanges) {
            if (exchange.into != null && !exchange.done) {
                exchange.finish(false);
            }
        }
        notifyAll();
        Cleanup ignored = Cleanup.after(why).run(connection::close);
    }

    /** Closing also ends a read that another thread is inside of. */
    @Override
    public void abort() {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String describe() {
        return "the page server at " + connection.peer();
    }
}
