package io.kvm4j.migration;

import io.kvm4j.channel.PeerRefusedException;
import io.kvm4j.channel.Transport;
import io.kvm4j.migration.MigrationWire.Conversation;
import io.kvm4j.posix.Cleanup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * The end of a migration that wants the guest. While the source cannot be reached it tries again, for as long as the
 * caller's thread is not interrupted: whether to give up is for people to decide.
 *
 * <pre>{@code
 * MigrationDestination destination = new MigrationDestination(source, 1 << 30, patience, listener);
 * IncomingGuest arrival = destination.receive();
 * // make a VM of arrival.guest(), with a DemandPager over arrival.connectPages(), paused
 * if (arrival.takeOver()) {
 *     // run it
 * }
 * }</pre>
 */
public final class MigrationDestination {
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final Transport source;
    private final long mostMemory;
    private final Duration patience;
    private final GuardedListener listener;
    private final long number = MoveAttempt.newNumber();
    private volatile boolean hasGuest;

    /**
     * A destination. It is another one for each object: what was handed over to one cannot be had by another.
     *
     * @param source how to reach the {@link MigrationSource}, and why to trust it
     * @param mostMemory the bytes of memory that the guest may have
     * @param patience how long the source may be silent before it counts as lost
     */
    public MigrationDestination(Transport source, long mostMemory, Duration patience, MigrationListener listener) {
        this.source = source;
        this.mostMemory = mostMemory;
        this.patience = patience;
        this.listener = new GuardedListener(listener);
    }

    /**
     * A destination of a source on this host, in clear text over the loopback interface.
     *
     * @throws IllegalArgumentException if the address is not a loopback address
     */
    public MigrationDestination(
            InetSocketAddress source, long mostMemory, Duration patience, MigrationListener listener) {
        this(Transport.loopback(source), mostMemory, patience, listener);
    }

    /** A conversation that ends with an answer. */
    interface Request<T> {
        T ask() throws IOException;
    }

    /**
     * Waits until the source has stopped the guest for this destination.
     *
     * @throws MigrationRefusedException if the source has no guest to give, or one end refuses the other's identity
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if this destination has its guest already
     */
    public IncomingGuest receive() throws MigrationRefusedException, InterruptedException {
        if (hasGuest) {
            throw new IllegalStateException("this destination has a guest: one is all that it gets");
        }
        return untilAnswered(this::move);
    }

    private IncomingGuest move() throws IOException {
        try {
            return ask();
        } catch (PeerRefusedException e) {
            // Before there is anything to lose, asking again and again would only repeat the refusal.
            throw new MigrationRefusedException(String.valueOf(e.getMessage()));
        }
    }

    private IncomingGuest ask() throws IOException {
        Conversation with = greet(MigrationWire.MOVE, 0);
        try {
            with.readVerdict(List.of(MigrationWire.STOPPED));
            long attempt = with.attempt();
            return new IncomingGuest(this, with, attempt, with.readGuest(mostMemory));
        } catch (Throwable e) {
            throw Cleanup.after(e).run(with::close).rethrow();
        }
    }

    /** Opens a conversation. The caller closes it. */
    Conversation greet(int kind, long attempt) throws IOException {
        Conversation with = Conversation.connect(source, patience);
        try {
            with.greet(kind, new MoveAttempt(number, attempt));
            return with;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(with::close).rethrow();
        }
    }

    /** Asks again until there is an answer. */
    <T> T untilAnswered(Request<T> request) throws MigrationRefusedException, InterruptedException {
        boolean told = false;
        for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
            try {
                T answer = request.ask();
                if (told) {
                    listener.goesOn();
                }
                return answer;
            } catch (MigrationRefusedException e) {
                throw e;
            } catch (IOException e) {
                if (!told) {
                    told = true;
                    listener.waiting(e);
                }
            }
            Thread.sleep(pause);
        }
    }

    void tellWaiting(IOException why) {
        listener.waiting(why);
    }

    void hasGuest() {
        hasGuest = true;
    }
}
