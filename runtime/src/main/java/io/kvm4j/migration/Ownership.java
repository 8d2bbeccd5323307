package io.kvm4j.migration;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kvm4j.posix.Cleanup;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who owns the guest, as the source knows it: the one place that decides, and that keeps or gives up the guest
 * accordingly. Any thread may call.
 */
final class Ownership {
    private final HandOverRecord handOver;
    private final @Nullable GuardedGuest guest;
    private final MigrationListener listener;

    /** Held while a hand-over that is undecided is decided. */
    private final Object deciding = new Object();

    @GuardedBy("deciding")
    private String told = "";

    @GuardedBy("this")
    private Phase phase;

    @GuardedBy("this")
    private @Nullable MoveAttempt attempt;

    @GuardedBy("this")
    private @Nullable Closeable pages;

    private enum Phase {
        /** The guest is ours, also while a destination gets ready for it. */
        OURS,

        /** The guest is the destination's. */
        HANDED_OVER,

        /** It is not known whose the guest is. It is stopped. */
        UNDECIDED,

        /** The guest is the destination's, which needs nothing any more. */
        DONE
    }

    Ownership(HandOverRecord handOver, @Nullable GuardedGuest guest, MigrationListener listener) {
        this.handOver = handOver;
        this.guest = guest;
        this.listener = listener;
        this.attempt = handOver.handedOver();
        this.phase = attempt == null ? Phase.OURS : Phase.HANDED_OVER;
    }

    /** Why the guest cannot be had; null if it can. */
    synchronized @Nullable String refusal() {
        return switch (phase) {
            case OURS -> handOver.isOpen() ? null : "the source is being closed";
            case HANDED_OVER, DONE -> "the guest was handed over before, to another destination";
            case UNDECIDED ->
                "the hand-over of the guest could not be recorded: it stands until somebody decides whose it is";
        };
    }

    synchronized boolean isHandedOverBy(MoveAttempt asked) {
        return phase == Phase.HANDED_OVER && asked.equals(attempt);
    }

    synchronized boolean isDone() {
        return phase == Phase.DONE;
    }

    synchronized boolean isUndecided() {
        return phase == Phase.UNDECIDED;
    }

    synchronized void begin(MoveAttempt next) {
        attempt = next;
    }

    /**
     * Takes a connection for pages in place of the last one, which is closed.
     *
     * @return false if the attempt gets no pages
     */
    synchronized boolean servePages(MoveAttempt to, Closeable connection) {
        if (!to.equals(attempt) || phase == Phase.DONE) {
            return false;
        }
        closePages();
        pages = connection;
        return true;
    }

    /** An attempt that has failed gets no pages: the guest is about to change them. */
    private synchronized void forget(MoveAttempt failed) {
        if (failed.equals(attempt)) {
            attempt = null;
            closePages();
        }
    }

    private synchronized void closePages() {
        Closeable last = pages;
        if (last != null) {
            pages = null;
            // Its thread reports that it has ended.
            Cleanup ignored = new Cleanup().run(last::close);
        }
    }

    /** Notes that the destination needs nothing any more. Returns false if it is not that attempt's guest. */
    synchronized boolean finish(MoveAttempt by) {
        boolean its = isHandedOverBy(by);
        if (its) {
            phase = Phase.DONE;
        }
        return its;
    }

    /** Keeps a guest that the attempt has not got, and that there is nothing to do for. */
    void abandon(MoveAttempt failed) {
        forget(failed);
    }

    /** Resumes a guest that was stopped for an attempt, and not given up. */
    void keep(MoveAttempt failed, Throwable why) {
        forget(failed);
        ourGuest().resume(why);
    }

    /** Resumes a guest that was stopped for an attempt, and given up perhaps. */
    void takeBack(MoveAttempt failed, Throwable why) {
        forget(failed);
        ourGuest().takeBack(why);
    }

    private GuardedGuest ourGuest() {
        return Objects.requireNonNull(guest);
    }

    /** Hands over a guest that was given up. Returns false if it was not handed over, or it is not known. */
    boolean commit(MoveAttempt to) {
        try {
            handOver.commit(to);
        } catch (Throwable e) {
            synchronized (this) {
                phase = Phase.UNDECIDED;
            }
            settle(e);
            return isHandedOverBy(to);
        }
        decided(to, GuestOwner.DESTINATION, null);
        return true;
    }

    /** Decides by the file system, if it was not known whose the guest is and can be known now. */
    void settle() {
        settle(new IOException("the hand-over was not recorded"));
    }

    private void settle(Throwable why) {
        synchronized (deciding) {
            MoveAttempt open = undecided();
            if (open == null) {
                return;
            }
            boolean recorded;
            try {
                recorded = handOver.settle(open);
            } catch (Throwable e) {
                tellUndecided(e);
                return;
            }
            decided(open, recorded ? GuestOwner.DESTINATION : GuestOwner.SOURCE, why);
        }
    }

    /** Tells it once for each reason, however often peers ask. */
    @GuardedBy("deciding")
    private void tellUndecided(Throwable why) {
        String reason = String.valueOf(why.getMessage());
        if (!told.equals(reason)) {
            told = reason;
            listener.undecided(new IOException(
                    "it is not known whether the hand-over was recorded, and the guest stays stopped: " + reason, why));
        }
    }

    /** Decides as the operator says. */
    void decide(GuestOwner owner) throws IOException {
        synchronized (deciding) {
            MoveAttempt open = undecided();
            if (open == null) {
                throw new IllegalStateException("there is nothing to decide: it is known whose the guest is");
            }
            switch (owner) {
                case SOURCE -> handOver.decideKept();
                case DESTINATION -> handOver.decideHandedOver(open);
            }
            decided(open, owner, new IOException("the operator decided that the guest stays"));
        }
    }

    private synchronized @Nullable MoveAttempt undecided() {
        return phase == Phase.UNDECIDED ? attempt : null;
    }

    private void decided(MoveAttempt by, GuestOwner owner, @Nullable Throwable why) {
        switch (owner) {
            case SOURCE -> {
                takeBack(by, Objects.requireNonNull(why));
                setPhase(Phase.OURS);
            }
            case DESTINATION -> {
                setPhase(Phase.HANDED_OVER);
                listener.handedOver();
                ourGuest().end();
            }
        }
    }

    private synchronized void setPhase(Phase next) {
        phase = next;
    }
}
