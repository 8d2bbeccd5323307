package io.kvm4j.migration;

import io.kvm4j.PrintableText;
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
    private final @Nullable GuardedGuest guest;
    private final Duration patience;
    private final GuardedListener listener;
    private final Ownership ownership;
    private final AcceptedConnections connections = new AcceptedConnections();

    // Guarded by this.
    private @Nullable Move move;

    /** A conversation that may end with the hand-over. */
    private record Move(Conversation with, long destination) {}

    private MigrationSource(
            ServerSocketChannel server,
            HandOverRecord handOver,
            PageSource pages,
            @Nullable OutgoingGuest guest,
            Duration patience,
            GuardedListener listener) {
        this.server = server;
        this.handOver = handOver;
        this.pages = pages;
        this.guest = guest == null ? null : new GuardedGuest(guest, listener);
        this.patience = patience;
        this.listener = listener;
        this.ownership = new Ownership(handOver, this.guest, listener);
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
            return new MigrationSource(server, handOver, pages, guest, patience, new GuardedListener(listener));
        } catch (IOException e) {
            IOException failure = new IOException("cannot listen on %s: %s".formatted(address, e.getMessage()), e);
            throw Cleanup.after(failure).run(server::close).rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(server::close).rethrow();
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
                return ownership.isDone();
            }
            connections.use(peer, () -> greet(peer));
        }
    }

    /**
     * Whether the guest is stopped because it is not known whether its hand-over was recorded. Destinations that ask make
     * the source look again; {@link #decide} ends it.
     */
    public boolean isUndecided() {
        return ownership.isUndecided();
    }

    /**
     * Looks again whether the hand-over was recorded, if that is not known, and acts on what it finds.
     *
     * @return true if it is known who owns the guest
     */
    public boolean settle() {
        ownership.settle();
        return !ownership.isUndecided();
    }

    /**
     * Decides who owns the guest, if it is not known whether its hand-over was recorded. This is for the operator, who knows
     * more than the file system tells: the decision is recorded, what is in its place is kept under another name, and the
     * guest is resumed here or given up.
     *
     * @throws IllegalStateException if it is known
     * @throws IOException if the decision cannot be recorded; then nothing is decided
     */
    public void decide(GuestOwner owner) throws IOException {
        ownership.decide(owner);
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
        } catch (Throwable e) {
            listener.declined("a peer was not understood: " + PrintableText.of(String.valueOf(e.getMessage())));
        }
    }

    private void decline(Conversation with, int verdict, String reason) throws IOException {
        listener.declined(reason);
        with.decline(verdict, reason);
    }

    private void beginMove(Conversation with, long destination) throws IOException {
        endMoveOf(destination);
        ownership.settle();
        Attempt next = new Attempt(destination, Attempt.newNumber());
        String refusal;
        boolean busy;
        synchronized (this) {
            refusal = ownership.refusal();
            busy = move != null;
            if (refusal == null && !busy) {
                startMove(with, next);
            }
        }
        if (refusal != null) {
            decline(with, MigrationWire.REFUSED, refusal);
        } else if (busy) {
            decline(with, MigrationWire.BUSY, "the source is busy with another destination");
        }
    }

    /** The lock is held: while there is no move, only this begins one. */
    private void startMove(Conversation with, Attempt to) {
        ownership.begin(to);
        OutgoingMove next = new OutgoingMove(with, to, Objects.requireNonNull(guest), ownership, handOver, listener);
        if (connections.start("migration-move", with.channel(), () -> move(next))) {
            move = new Move(with, to.destination());
        }
    }

    private void move(OutgoingMove next) {
        try {
            next.run();
        } finally {
            synchronized (this) {
                move = null;
            }
        }
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

    private void answerQuery(Conversation with, Attempt asked) throws IOException {
        endMoveOf(asked.destination());
        ownership.settle();
        String refusal = ownership.refusal();
        if (ownership.isHandedOverBy(asked)) {
            with.answer(MigrationWire.YOURS, asked.number());
        } else if (refusal == null) {
            with.answer(MigrationWire.KEPT, asked.number());
        } else {
            decline(with, MigrationWire.REFUSED, refusal);
        }
    }

    private void beginServing(Conversation with, Attempt to) throws IOException {
        if (ownership.servePages(to, with.channel())) {
            with.answer(MigrationWire.SERVING, to.number());
            connections.start("migration-pages", with.channel(), () -> serve(with.channel()));
        } else {
            decline(with, MigrationWire.REFUSED, "pages for an attempt that has ended");
        }
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

    /** Ends everything else before the destination knows that it was heard: then no page is read or sent any more. */
    private void endAll(Conversation with, Attempt by) throws IOException {
        if (!ownership.finish(by)) {
            decline(with, MigrationWire.REFUSED, "the guest is not that destination's");
            return;
        }
        new Cleanup()
                .run(connections::endOthers)
                .run(() -> with.answer(MigrationWire.NOTED, by.number()))
                .run(server::close)
                .finish();
    }

    /**
     * Stops listening, closes every connection that was accepted, and returns when their threads have ended: then the guest
     * is not stopped or handed over any more, and no page is read. A guest that was not handed over stays as it is; if that
     * is not known, {@link #decide} still decides. A callback may call this; then it does not wait.
     */
    @Override
    public void close() throws IOException {
        new Cleanup().run(server::close).run(connections::close).finish();
    }
}
