package io.kvm4j.fault;

import io.kvm4j.pages.PageLostException;
import io.kvm4j.pages.PageSource;
import io.kvm4j.pages.SourceCalls;
import io.kvm4j.uapi.Errno;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pages from the source in use and has them put in place. Each page is fetched by one thread at a time, which has
 * claimed it. Any number of threads call it at once. Nothing allocates unless something fails.
 */
final class PageFetcher {
    private static final long WAIT_NANOS = 2_000_000;

    private final DiscardGate gate;
    private final CurrentSource sources;
    private final PagerControl control;
    private final PageInstaller installer;
    private final boolean poisonsLostPages;

    PageFetcher(
            DiscardGate gate,
            CurrentSource sources,
            PagerControl control,
            PageInstaller installer,
            boolean poisonsLostPages) {
        this.gate = gate;
        this.sources = sources;
        this.control = control;
        this.installer = installer;
        this.poisonsLostPages = poisonsLostPages;
    }

    /**
     * Fetches a missing page.
     *
     * @param word the state in which the thread saw the page
     * @param wake whether somebody may sleep on it
     * @return false if things have changed meanwhile, and need another look
     */
    boolean fetch(FaultContext context, RegionPages region, int page, int word, boolean wake) {
        if (liesInMemory(context, region, page)) {
            PageInstaller.Outcome outcome = installer.installUnclaimed(context, region, page, word, wake);
            if (outcome != PageInstaller.Outcome.NOT_READABLE) {
                return outcome == PageInstaller.Outcome.ALL;
            }
        } else {
            int claim = region.states.claim(page, word);
            if (claim == 0) {
                return false;
            }
            context.claims[0] = claim;
        }
        return fetchClaimed(context, region, page, 1, wake);
    }

    /** Whether there is a source that has a page's content in memory; then the thread is told the address. */
    private boolean liesInMemory(FaultContext context, RegionPages region, int page) {
        CurrentSource.Lease lease = sources.current();
        return lease != null && liesInMemory(context, lease.source, region, page, 1);
    }

    /**
     * Reads pages that the thread has claimed and puts them in place.
     *
     * @param wake whether somebody may sleep on one of them
     * @return whether none of the claims was lost
     */
    boolean fetchClaimed(FaultContext context, RegionPages region, int page, int count, boolean wake) {
        if (region.region.prefilled()) {
            context.from = context.content.address();
            return installer.install(context, region, page, count, wake) == PageInstaller.Outcome.ALL;
        }
        while (holdsAny(context, region, page, count)) {
            CurrentSource.Lease lease = awaitSource(context, region, page, count);
            Throwable failure = null;
            if (!liesInMemory(context, lease.source, region, page, count)) {
                context.beginReading(lease, region, page, count);
                failure = read(context, lease.source, region, page, count);
                boolean isGivenUp = !context.endReading();
                if (failure instanceof Error e) {
                    throw e;
                }
                if (isGivenUp) {
                    return false;
                }
                control.requireRunning();
                if (sources.current() != lease) {
                    // Another found that this source is not to be trusted.
                    continue;
                }
                if (failure instanceof PageLostException lost) {
                    return giveUpLost(context, region, page, count, lost);
                }
            }
            if (failure == null) {
                context.counters.add(ThreadCounters.BYTES, region.offset(count));
                PageInstaller.Outcome outcome = installer.install(context, region, page, count, wake);
                if (outcome != PageInstaller.Outcome.NOT_READABLE) {
                    return outcome == PageInstaller.Outcome.ALL;
                }
                failure = new IOException("its memory cannot be read, as if a mapped file were cut off");
            }
            control.sourceLost(lease, sourceFailure(lease.source, region, page, failure));
        }
        return false;
    }

    /** Whether any of the pages is still wanted: they may have been discarded meanwhile. */
    private static boolean holdsAny(FaultContext context, RegionPages region, int page, int count) {
        for (int i = 0; i < count; i++) {
            if (region.states.isHeld(page + i, context.claims[i])) {
                return true;
            }
        }
        return false;
    }

    private CurrentSource.Lease awaitSource(FaultContext context, RegionPages region, int page, int count) {
        try {
            CurrentSource.Lease lease = sources.current();
            while (lease == null) {
                awaitChange(context);
                lease = sources.current();
            }
            return lease;
        } catch (PagingException e) {
            context.revoke(region, page, count);
            throw e;
        }
    }

    private void awaitChange(FaultContext context) {
        control.requireRunning();
        context.drain();
        LockSupport.parkNanos(WAIT_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            control.requireRunning();
            throw new InterruptedPagingException();
        }
    }

    /** Whether the source has content in memory, from where it can be put in place; then the thread is told the address. */
    private boolean liesInMemory(FaultContext context, PageSource source, RegionPages region, int page, int count) {
        if (!installer.copiesFromAnywhere(region)) {
            return false;
        }
        context.from = SourceCalls.address(source, region.contentOffset(page), region.offset(count));
        return context.from != 0;
    }

    /** Fills the thread's buffer. Returns what went wrong, or null. */
    private static @Nullable Throwable read(
            FaultContext context, PageSource source, RegionPages region, int page, int count) {
        context.from = context.content.address();
        int wanted = (int) region.offset(count);
        long offset = region.contentOffset(page);
        context.buffer.clear().limit(wanted);
        try {
            while (context.buffer.position() < wanted) {
                long at = offset + context.buffer.position();
                if (SourceCalls.read(source, at, context.buffer, context.isAwaited()) < 0) {
                    return new EOFException("its content ends before offset 0x%x".formatted(at));
                }
            }
            return null;
        } catch (IOException | Error e) {
            return e;
        }
    }

    private static PageSourceException sourceFailure(
            PageSource source, RegionPages region, int page, Throwable failure) {
        return new PageSourceException(
                "the source of pages (%s) failed for the page at gpa 0x%x: %s"
                        .formatted(SourceCalls.describe(source), region.gpa(page), SourceCalls.message(failure)),
                failure);
    }

    /** One of several pages may be lost without the others. */
    private boolean giveUpLost(FaultContext context, RegionPages region, int page, int count, PageLostException lost) {
        if (count > 1) {
            context.revoke(region, page, count);
            return false;
        }
        if (!poisonsLostPages) {
            throw new PagingException(
                    "the page at gpa 0x%x is lost: %s".formatted(region.gpa(page), lost.getMessage()));
        }
        int result = context.calls.poison(region.address(page), region.pageSize, 0);
        for (int attempt = 0; result == Errno.EAGAIN; attempt++) {
            context.backOff(attempt);
            result = context.calls.poison(region.address(page), region.pageSize, 0);
        }
        if (result != 0 && result != Errno.EEXIST) {
            throw PageInstaller.failure(result, region, page);
        }
        gate.enter(context.pass);
        try {
            PageInstaller.settle(context, region, page);
        } finally {
            gate.exit(context.pass);
        }
        return true;
    }
}
