package io.kvm4j.migration;

import io.kvm4j.migration.MigrationWire.Conversation;
import io.kvm4j.pages.PageSource;
import io.kvm4j.posix.Cleanup;
import java.io.IOException;
import java.util.List;

/** A guest that has been stopped for a {@link MigrationDestination}, and is not its own before {@link #takeOver}. */
public final class IncomingGuest implements AutoCloseable {
    private final MigrationDestination destination;
    private final Conversation conversation;
    private final long attempt;
    private final StoppedGuest guest;

    IncomingGuest(MigrationDestination destination, Conversation conversation, long attempt, StoppedGuest guest) {
        this.destination = destination;
        this.conversation = conversation;
        this.attempt = attempt;
        this.guest = guest;
    }

    /** Its memory's layout, and its state. Both come from the source and are to be checked like any input. */
    public StoppedGuest guest() {
        return guest;
    }

    /**
     * Opens a connection for the content of the guest's memory, by guest physical address. The source closes an earlier
     * one.
     *
     * @return a source of pages, which owns the connection
     * @throws IOException if the source cannot be reached, or does not know of this attempt
     */
    public PageSource connectPages() throws IOException {
        Conversation with = destination.greet(MigrationWire.PAGES, attempt);
        try {
            with.readVerdict(List.of(MigrationWire.SERVING));
            // Whether a page takes too long is for the pager to say; until one is asked for, silence is right.
            with.connection().limitReads(null);
            return PageSource.socket(with.connection());
        } catch (Throwable e) {
            throw Cleanup.after(e).run(with::close).rethrow();
        }
    }

    /** Does the same, again and again until it succeeds: for a guest that was taken over, and has lost its source. */
    public PageSource reconnectPages() throws InterruptedException {
        try {
            return destination.untilAnswered(() -> {
                try {
                    return connectPages();
                } catch (MigrationRefusedException e) {
                    // Another source may listen there for now; this guest has no other place to go.
                    throw new IOException(e.getMessage(), e);
                }
            });
        } catch (MigrationRefusedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Tells the source that the guest can run here, and waits for its decision. If the source is lost before it has told
     * it, the guest may run nowhere until it is known whose it is: then this asks until there is an answer.
     *
     * @return true if the guest is this destination's, to be run at once; false if the source has kept it, and what was
     *     made of this arrival is worth nothing
     * @throws MigrationRefusedException if the source has given the guest to another, or does not know whose it is
     * @throws InterruptedException if the caller is interrupted; then the guest must not be run
     */
    public boolean takeOver() throws MigrationRefusedException, InterruptedException {
        boolean ours = decision();
        if (ours) {
            destination.hasGuest();
        }
        return ours;
    }

    private boolean decision() throws MigrationRefusedException, InterruptedException {
        try (conversation) {
            conversation.send(MigrationWire.READY);
            return readDecision(conversation, List.of(MigrationWire.YOURS));
        } catch (MigrationRefusedException e) {
            throw e;
        } catch (IOException e) {
            destination.tellWaiting(e);
            return destination.untilAnswered(this::query);
        }
    }

    private boolean query() throws IOException {
        try (Conversation with = destination.greet(MigrationWire.QUERY, attempt)) {
            return readDecision(with, List.of(MigrationWire.YOURS, MigrationWire.KEPT));
        }
    }

    /**
     * Reads whose the guest is. The answer names the attempt, which what was said here does not in that place: a peer that
     * sends everything back, such as a connection to itself where no source listens, decides nothing.
     */
    private boolean readDecision(Conversation with, List<Integer> expected) throws IOException {
        int verdict = with.readVerdict(expected);
        if (with.attempt() != attempt) {
            throw new IOException("the source answered about another attempt");
        }
        return verdict == MigrationWire.YOURS;
    }

    /**
     * Tells the source, once, that all of the guest is here, so that it need not wait any longer.
     *
     * @throws IOException if the source cannot be reached, which harms nobody but the source
     */
    public void release() throws IOException {
        try (Conversation with = destination.greet(MigrationWire.DONE, attempt)) {
            with.readVerdict(List.of(MigrationWire.NOTED));
        }
    }

    /** Gives the arrival up, whereupon the source runs the guest on, unless it was taken over. */
    @Override
    public void close() throws IOException {
        conversation.close();
    }
}
