package io.kvm4j.migration;

import io.kvm4j.fault.PageServer;
import io.kvm4j.fault.PageSource;
import io.kvm4j.migration.MigrationWire.Conversation;
import io.kvm4j.migration.MigrationWire.Greeting;
import io.kvm4j.posix.Cleanup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a migration that has the guest. It waits for a destination, stops the guest, hands it over, and then serves
 * the guest's memory until the destination has all of it. Whose the guest is stands in a {@link HandOverRecord}: until that
 * is written any failure leaves the guest here, running, and afterwards it never runs here again, in this process or any
 * that opens the record. A source that is started again after the hand-over has no guest, and serves the pages alone.
 *
 * <p>One destination at a time is listened to, and after the hand-over only the one that has the guest. Connections are
 * neither encrypted nor authenticated: this is for networks that are trusted, or a tunnel.
 */
public final class MigrationSource implements AutoCloseable {
    /** How long a peer may take to say what it wants. */
    private static final Duration GREETING = Duration.ofSeconds(2);

    private final ServerSocketChannel server;
    private final HandOverRecord handOver;
    private final PageSource pages;
    private final @Nullable OutgoingGuest guest;
    private final Duration patience;
    private final MigrationListener listener;
    private final AcceptedConnections connections = new AcceptedConnections();

    // Guarded by this.
    private Phase phase;
    private @Nullable Attempt attempt;
    private @Nullable Move move;
    private @Nullable SocketChannel pageChannel;

    private enum Phase {
        /** The guest is ours, also while a destination gets ready for it. */
        OURS,

        /** The guest is the destination's. */
        HANDED_OVER,

        /** It is not known whose the guest is. */
        UNDECIDED,

        /** The destination needs nothing any more. */
        DONE
    }

    /** A conversation that may end with the hand-over. */
    private record Move(Conversation with, long destination) {}

    private MigrationSource(
            ServerSocketChannel server,
            HandOverRecord handOver,
            PageSource pages,
            @Nullable OutgoingGuest guest,
            Duration patience,
            MigrationListener listener) {
        this.server = server;
        this.handOver = handOver;
        this.pages = pages;
        this.guest = guest;
        this.patience = patience;
        this.listener = listener;
        this.attempt = handOver.handedOver();
        this.phase = attempt == null ? Phase.OURS : Phase.HANDED_OVER;
    }

    /**
     * Listens for destinations. {@link #run} has to answer them.
     *
     * @param address where; port 0 is any that is free
     * @param handOver whose the guest is; the caller closes it after this
     * @param pages the guest's memory, by guest physical address; the caller's. It is read while the guest stands
     * @param guest the guest; null if it was handed over before
     * @param patience how long a destination may take to get ready for the guest, which stands meanwhile
     * @throws IOException if the address is not to be had
     */
    public static MigrationSource listen(
            InetSocketAddress address,
            HandOverRecord handOver,
            PageSource pages,
            @Nullable OutgoingGuest guest,
            Duration patience,
            MigrationListener listener)
            throws IOException {
        if (guest == null != handOver.isHandedOver()) {
            throw new IllegalArgumentException(
                    guest == null
                            ? "no guest, though it was not handed over"
                            : "a guest that was handed over, and must not run here");
        }
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(address);
            return new MigrationSource(server, handOver, pages, guest, patience, listener);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen on %s: %s".formatted(address, e.getMessage()), e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    /**
     * Answers destinations.
     *
     * @return true when the destination has all that it needs, false if this was closed before
     * @throws IOException if it can listen no longer
     */
    public boolean run() throws IOException {
        while (true) {
            SocketChannel peer;
            try {
                peer = server.accept();
            } catch (ClosedChannelException e) {
                return isDone();
            }
            connections.use(peer, () -> greet(peer));
        }
    }

    private synchronized boolean isDone() {
        return phase == Phase.DONE;
    }

    /** Reads what a peer wants, and gives the connection to a thread if that takes long. */
    private void greet(SocketChannel peer) {
        try {
            Greeting greeting = new Conversation(peer, GREETING).readGreeting();
            Conversation with = new Conversation(peer, patience);
            switch (greeting.kind()) {
                case MigrationWire.MOVE -> beginMove(with, greeting.attempt().destination());
                case MigrationWire.QUERY -> answerQuery(with, greeting.attempt());
                case MigrationWire.PAGES -> beginServing(with, greeting.attempt());
                default -> endAll(with, greeting.attempt());
            }
        } catch (IOException | RuntimeException e) {
            listener.declined("a peer was not understood: " + e.getMessage());
        }
    }

    private void decline(Conversation with, int verdict, String reason) throws IOException {
        listener.declined(reason);
        with.decline(verdict, reason);
    }

    private void beginMove(Conversation with, long destination) throws IOException {
        endMoveOf(destination);
        synchronized (this) {
            String refusal = refusal();
            if (refusal != null) {
                decline(with, MigrationWire.REFUSED, refusal);
            } else if (move != null) {
                decline(with, MigrationWire.BUSY, "the source is busy with another destination");
            } else {
                Attempt next = new Attempt(destination, Attempt.newNumber());
                if (connections.start("migration-move", with.channel(), () -> move(with, next))) {
                    attempt = next;
                    move = new Move(with, destination);
                }
            }
        }
    }

    /** Why the guest is not to be had; null if it is. */
    private @Nullable String refusal() {
        return switch (phase) {
            case OURS -> handOver.isOpen() ? null : "the source is being closed";
            case HANDED_OVER, DONE -> "the guest was handed over before, to another destination";
            case UNDECIDED ->
                "the hand-over of the guest could not be recorded: it stands until somebody decides whose it is";
        };
    }

    /** A destination that begins anew has left its last conversation, though that may not have been noticed here. */
    private void endMoveOf(long destination) throws IOException {
        Move last;
        synchronized (this) {
            last = move;
        }
        if (last != null && last.destination == destination) {
            connections.end(last.with.channel());
        }
    }

    private void move(Conversation with, Attempt to) {
        OutgoingGuest outgoing = Objects.requireNonNull(guest);
        try {
            move(with, to, outgoing);
        } catch (IOException e) {
            // If the guest was handed over, the destination asks again.
            listener.connectionEnded(e);
        } catch (InterruptedException e) {
            outgoing.resume();
            listener.kept(e);
        } finally {
            synchronized (this) {
                move = null;
            }
        }
    }

    private void move(Conversation with, Attempt to, OutgoingGuest outgoing) throws IOException, InterruptedException {
        StoppedGuest stopped;
        try {
            stopped = outgoing.stop();
        } catch (MigrationRefusedException e) {
            decline(with, MigrationWire.REFUSED, String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException e) {
            outgoing.resume();
            listener.kept(e);
            decline(with, MigrationWire.REFUSED, "the guest's state cannot be saved: " + e.getMessage());
            return;
        }
        listener.stopped();
        if (prepare(with, to, stopped, outgoing) && commit(to)) {
            with.answer(MigrationWire.YOURS, to.number());
        }
    }

    /** Does everything that can fail without harm, to the point from which the guest runs here no more. */
    private boolean prepare(Conversation with, Attempt to, StoppedGuest stopped, OutgoingGuest outgoing) {
        try {
            with.answer(MigrationWire.STOPPED, to.number());
            with.sendGuest(stopped);
            with.expect(MigrationWire.READY);
            handOver.prepare(to);
            outgoing.handOver();
            return true;
        } catch (IOException | InterruptedException | RuntimeException e) {
            forget(to);
            outgoing.resume();
            listener.kept(e);
            return false;
        }
    }

    /** Nobody gets pages by an attempt that has failed: the guest is about to change them. */
    private synchronized void forget(Attempt failed) {
        if (failed.equals(attempt)) {
            attempt = null;
            closePages();
        }
    }

    /** Decides. If it is not known what was decided, the guest runs nowhere. */
    private boolean commit(Attempt to) {
        try {
            handOver.commit(to);
            setPhase(Phase.HANDED_OVER);
            listener.handedOver();
            return true;
        } catch (IOException e) {
            setPhase(Phase.UNDECIDED);
            listener.declined(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private synchronized void setPhase(Phase next) {
        phase = next;
    }

    private void answerQuery(Conversation with, Attempt asked) throws IOException {
        endMoveOf(asked.destination());
        synchronized (this) {
            String refusal = refusal();
            if (refusal != null && !(phase == Phase.HANDED_OVER && asked.equals(attempt))) {
                decline(with, MigrationWire.REFUSED, refusal);
            } else {
                with.answer(refusal == null ? MigrationWire.KEPT : MigrationWire.YOURS, asked.number());
            }
        }
    }

    private void beginServing(Conversation with, Attempt to) throws IOException {
        synchronized (this) {
            if (!to.equals(attempt) || phase == Phase.DONE) {
                decline(with, MigrationWire.REFUSED, "pages for an attempt that has ended");
                return;
            }
            closePages();
            pageChannel = with.channel();
        }
        with.answer(MigrationWire.SERVING, to.number());
        connections.start("migration-pages", with.channel(), () -> serve(with.channel()));
    }

    private void serve(SocketChannel channel) {
        listener.serving();
        try (PageServer server = new PageServer(pages, channel)) {
            server.run();
            listener.connectionEnded(new IOException("the destination has closed its connection for pages"));
        } catch (IOException e) {
            listener.connectionEnded(e);
        } catch (Throwable e) {
            listener.connectionEnded(new IOException("the pages cannot be read: " + e.getMessage(), e));
        }
    }

    /** The lock is held. */
    private void closePages() {
        if (pageChannel != null) {
            try {
                pageChannel.close();
            } catch (IOException e) {
                listener.connectionEnded(e);
            }
        }
    }

    /** Ends everything else before the destination knows that it was heard: then no page is read or sent any more. */
    private void endAll(Conversation with, Attempt by) throws IOException {
        synchronized (this) {
            if (phase != Phase.HANDED_OVER || !by.equals(attempt)) {
                decline(with, MigrationWire.REFUSED, "the guest is not that destination's");
                return;
            }
            phase = Phase.DONE;
        }
        new Cleanup()
                .run(connections::endOthers)
                .run(() -> with.answer(MigrationWire.NOTED, by.number()))
                .run(server::close)
                .finish();
    }

    /**
     * Stops listening, closes every connection that was accepted, and returns when their threads have ended: then the guest
     * is not stopped or handed over any more, and no page is read. A guest that was not handed over stays as it is. A
     * callback may call this; then it does not wait.
     */
    @Override
    public void close() throws IOException {
        new Cleanup().run(server::close).run(connections::close).finish();
    }
}
