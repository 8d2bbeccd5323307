package io.kvm4j.migration;

import io.kvm4j.migration.MigrationWire.Conversation;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One attempt to give the guest to a destination, in a thread of its own. */
record OutgoingMove(
        Conversation with,
        MoveAttempt to,
        GuardedGuest guest,
        Ownership ownership,
        HandOverRecord handOver,
        MigrationListener listener,
        Duration patience,
        StopPauses pauses) {
    /** Moves the guest, or leaves it running here. */
    void run() {
        long since = System.nanoTime();
        try {
            StoppedGuest stopped = stop(since);
            if (stopped == null) {
                return;
            }
            if (!prepare(stopped)) {
                stoppedInVain(since);
            } else if (ownership.commit(to)) {
                with.answer(MigrationWire.YOURS, to.number());
            }
        } catch (IOException e) {
            // If the guest was handed over, the destination asks again.
            listener.connectionEnded(e);
        }
    }

    private void stoppedInVain(long since) {
        pauses.stoppedInVain(with.connection().peer(), System.nanoTime() - since);
    }

    private @Nullable StoppedGuest stop(long since) throws IOException {
        StoppedGuest stopped;
        try {
            stopped = guest.stop();
        } catch (MigrationRefusedException e) {
            ownership.abandon(to);
            decline(String.valueOf(e.getMessage()));
            return null;
        } catch (Throwable e) {
            ownership.keep(to, e);
            stoppedInVain(since);
            decline("the guest's state cannot be saved: " + e.getMessage());
            return null;
        }
        listener.stopped();
        return stopped;
    }

    private void decline(String reason) throws IOException {
        listener.declined(reason);
        with.decline(MigrationWire.REFUSED, reason);
    }

    /** Does everything that can fail without harm, to the point from which the guest no longer runs here. */
    private boolean prepare(StoppedGuest stopped) {
        try {
            with.connection().limitAll(patience);
            with.answer(MigrationWire.STOPPED, to.number());
            with.sendGuest(stopped);
            with.expect(MigrationWire.READY);
            with.connection().limitAll(null);
            handOver.prepare(to);
        } catch (Throwable e) {
            ownership.keep(to, e);
            return false;
        }
        try {
            guest.handOver();
            return true;
        } catch (Throwable e) {
            ownership.takeBack(to, e);
            return false;
        }
    }
}
