package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.channel.Connection;
import io.kvm4j.channel.Incoming;
import io.kvm4j.channel.Listener;
import io.kvm4j.channel.Peer;
import io.kvm4j.channel.Transport;
import io.kvm4j.migration.MigrationWire.Conversation;
import io.kvm4j.migration.MigrationWire.Greeting;
import io.kvm4j.pages.PageServer;
import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.Cleanup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a migration that has the guest. It waits for a destination, stops the guest, hands it over, and then serves
 * the guest's memory until the destination has all of it. Whose the guest is stands in a {@link HandOverRecord}: until that
 * is written any failure leaves the guest here, running, and afterwards it never runs here again, in this process or any
 * that opens the record. A source that is started again after the hand-over has no guest, and serves the pages alone.
 *
 * <p>One destination at a time gets the guest stopped, and after the hand-over only the one that has the guest is served.
 * Who may be a destination is for the {@link Transport} to say: whoever it lets in can take the guest.
 *
 * <p>A peer has 5 seconds to show who it is and to say what it wants, on a thread of its own; at most 32 do so at a time, and
 * the oldest gives way to the next. A peer for which the guest was stopped in vain waits before that is done again: 1 second
 * or as long as the guest was stopped, then twice as long each time, up to 10 minutes.
 */
public final class MigrationSource implements AutoCloseable {
    private final Listener server;
    private final HandOverRecord handOver;
    private final PageSource pages;
    private final @Nullable GuardedGuest guest;
    private final Duration patience;
    private final Refusals refusals;
    private final Reception reception;
    private final GuardedListener listener;
    private final Ownership ownership;
    private final AcceptedConnections connections = new AcceptedConnections();
    private final StopPauses pauses = new StopPauses(System::nanoTime);

    @GuardedBy("this")
    private @Nullable Move move;

    /** A conversation that may end with the hand-over. */
    private record Move(Incoming peer, long destination) {}

    private MigrationSource(
            Listener server,
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
        this.refusals = new Refusals(listener);
        this.reception = new Reception(server, connections, patience, refusals, this::greeted);
    }

    /**
     * Listens for destinations. {@link #run} has to answer them.
     *
     * @param transport where, and whom to trust; TCP port 0 is any that is free
     * @param handOver whose the guest is; the caller closes it after this
     * @param pages the guest's memory, by guest physical address; the caller's. It is read while the guest stands
     * @param guest the guest; null if it was handed over before
     * @param patience how long a destination may take, all in all, to read the state and get ready for the guest, which is
     *     stopped meanwhile; and how long any peer may be silent, or leave what it is sent unread
     * @throws IOException if the address cannot be used
     */
    public static MigrationSource listen(
            Transport transport,
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
        Listener server = transport.listen();
        try {
            return new MigrationSource(server, handOver, pages, guest, patience, new GuardedListener(listener));
        } catch (Throwable e) {
            throw Cleanup.after(e).run(server::close).rethrow();
        }
    }

    /**
     * Listens for destinations on this host, in clear text over the loopback interface: every local user can ask for the
     * guest.
     *
     * @throws IllegalArgumentException if the address is not a loopback address
     * @throws IOException if the address cannot be used
     */
    public static MigrationSource listen(
            InetSocketAddress address,
            HandOverRecord handOver,
            PageSource pages,
            @Nullable OutgoingGuest guest,
            Duration patience,
            MigrationListener listener)
            throws IOException {
        return listen(Transport.loopback(address), handOver, pages, guest, patience, listener);
    }

    /**
     * Returns where it listens, if that is by TCP.
     *
     * @throws IllegalStateException if it listens on a Unix socket
     */
    public InetSocketAddress address() {
        if (server.address() instanceof InetSocketAddress address) {
            return address;
        }
        throw new IllegalStateException("%s is no TCP address".formatted(server));
    }

    /** Returns where it listens, as {@code HOST:PORT} or {@code unix:PATH}. */
    public String describeAddress() {
        return server.toString();
    }

    /**
     * Answers destinations.
     *
     * @return true when the destination has all that it needs, false if this was closed before
     * @throws IOException if it can listen no longer
     */
    public boolean run() throws IOException {
        reception.run();
        return ownership.isDone();
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

    private void greeted(Incoming peer, Conversation with, Greeting greeting) throws IOException {
        switch (greeting.kind()) {
            case MigrationWire.MOVE -> beginMove(peer, with, greeting.attempt().destination());
            case MigrationWire.QUERY -> answerQuery(with, greeting.attempt());
            case MigrationWire.PAGES -> beginServing(peer, with, greeting.attempt());
            default -> endAll(with, greeting.attempt());
        }
    }

    private void decline(Conversation with, int verdict, String reason) throws IOException {
        refusals.tell(reason);
        with.decline(verdict, reason);
    }

    private void beginMove(Incoming peer, Conversation with, long destination) throws IOException {
        endMoveOf(destination);
        ownership.settle();
        MoveAttempt next = new MoveAttempt(destination, MoveAttempt.newNumber());
        String refusal;
        String busy;
        synchronized (this) {
            refusal = ownership.refusal();
            busy = busy(with.connection().peer());
            if (refusal == null && busy == null) {
                startMove(peer, with, next);
            }
        }
        if (refusal != null) {
            decline(with, MigrationWire.REFUSED, refusal);
        } else if (busy != null) {
            decline(with, MigrationWire.BUSY, busy);
        }
    }

    /** Why the guest is not stopped now; null if it can be. */
    @GuardedBy("this")
    private @Nullable String busy(Peer peer) {
        if (move != null) {
            return "the source is busy with another destination";
        }
        long pause = pauses.left(peer);
        return pause <= 0
                ? null
                : "the guest was stopped in vain, and will not be stopped again for %s in the next %d ms"
                        .formatted(peer, Duration.ofNanos(pause).toMillis() + 1);
    }

    /** The lock is held: while there is no move, only this begins one. */
    @GuardedBy("this")
    private void startMove(Incoming peer, Conversation with, MoveAttempt to) {
        ownership.begin(to);
        OutgoingMove next = new OutgoingMove(
                with, to, Objects.requireNonNull(guest), ownership, handOver, listener, patience, pauses);
        if (connections.start("migration-move", peer, () -> move(next))) {
            move = new Move(peer, to.destination());
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
            connections.end(last.peer);
        }
    }

    private void answerQuery(Conversation with, MoveAttempt asked) throws IOException {
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

    private void beginServing(Incoming peer, Conversation with, MoveAttempt to) throws IOException {
        if (ownership.servePages(to, with.connection())) {
            with.answer(MigrationWire.SERVING, to.number());
            // A destination asks when its guest touches a page, which may take any time.
            with.connection().limitReads(null);
            connections.start("migration-pages", peer, () -> serve(with.connection()));
        } else {
            decline(with, MigrationWire.REFUSED, "pages for an attempt that has ended");
        }
    }

    private void serve(Connection connection) {
        listener.serving();
        try (PageServer server = new PageServer(pages, connection)) {
            server.run();
            listener.connectionEnded(new IOException("the destination has closed its connection for pages"));
        } catch (IOException e) {
            listener.connectionEnded(e);
        } catch (Throwable e) {
            listener.connectionEnded(new IOException("the pages cannot be read: " + e.getMessage(), e));
        }
    }

    /** Ends everything else before the destination knows that it was heard: then no page is read or sent any more. */
    private void endAll(Conversation with, MoveAttempt by) throws IOException {
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
