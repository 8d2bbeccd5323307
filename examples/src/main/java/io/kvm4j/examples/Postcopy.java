package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.channel.Transport;
import io.kvm4j.migration.GuestOwner;
import io.kvm4j.migration.MigrationRefusedException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A guest that moves from one process to another while it runs, by post-copy: the source stops it and sends its registers,
 * the destination runs it on at once, without memory. A page comes over the network when the guest touches it, and ahead
 * of the rest, which comes meanwhile. If the source is lost, the guest pauses until it is back.
 *
 * <p>At most one copy ever runs. The guest's memory is a file in the source's directory, as is the record of the hand-over,
 * so that the source may die and be started again: before the hand-over the guest has died with it, as with any host, and
 * boots anew; after it, the new process serves the pages and nothing else.
 *
 * <p>The guest works on every byte of its memory over and over, and its checksum depends on all it has ever read: one page
 * that is wrong, stale or lost changes the result.
 */
public final class Postcopy {
    private Postcopy() {}

    /**
     * What the guest is to do.
     *
     * @param pages how many pages it works on, a power of two
     * @param passes how often
     */
    public record Work(int pages, int passes) {
        /** Refuses what the guest cannot do. */
        public Work {
            if (Integer.bitCount(pages) != 1 || pages < 1 || pages > 1 << 16 || passes < 1) {
                throw new IllegalArgumentException(
                        "%d passes over %d pages: a power of two up to 65536 is possible".formatted(passes, pages));
            }
        }

        /** What the guest's result must be, wherever it ran. */
        public long expected() {
            return PostcopyGuest.expected(this);
        }
    }

    /**
     * How a role is played.
     *
     * @param out is told what happens
     * @param reportEvery after how many of the guest's passes there is a line
     * @param pace how long each pass takes at least
     * @param delay how long the source takes, at least, for each piece of memory that it sends
     * @param patience how long the other end may be silent before it counts as lost
     */
    public record Settings(PrintStream out, int reportEvery, Duration pace, Duration delay, Duration patience) {}

    /**
     * Runs the guest until its work is done, or it was moved to a destination that has got all its memory. With the
     * directory of a source that has died it goes on where that one was.
     *
     * @param directory holds the guest's memory and the record of the hand-over; made if it is not there
     * @param listen where destinations find it, and which are trusted; port 0 is any
     * @param undecided who owns the guest if the record of the hand-over can neither be written nor read; null leaves the
     *     guest stopped until it can be read
     * @throws IOException if the directory is in use, or the address
     */
    public static void source(
            Kvm kvm, Work work, Path directory, Transport listen, Settings settings, @Nullable GuestOwner undecided)
            throws IOException, InterruptedException {
        PostcopySource.run(kvm, work, directory, listen, settings, undecided);
    }

    /**
     * Waits for the guest of a source, and runs it to the end of its work.
     *
     * @return the result
     * @throws MigrationRefusedException if the source has no guest to give
     * @throws IOException if what the source sends makes no sense
     */
    public static long destination(Kvm kvm, Transport source, Settings settings)
            throws IOException, InterruptedException {
        return PostcopyDestination.run(kvm, source, settings);
    }
}
