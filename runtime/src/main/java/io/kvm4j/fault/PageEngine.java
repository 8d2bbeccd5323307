package io.kvm4j.fault;

import io.kvm4j.posix.PageCalls;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gets pages to where they are wanted. Any number of workers call it at once; each page is read and installed by one of
 * them. Nothing allocates unless something fails.
 */
final class PageEngine {
    /** How a thread waits for its page. */
    enum Waiter {
        /** In the kernel, on the userfaultfd, until it is woken. */
        ASLEEP,

        /** It is the worker's own thread, which tries again when the engine returns. */
        AWAKE
    }

    /** What has come of putting pages in place. */
    private enum Put {
        ALL,

        /** Some of the pages were no longer the worker's. */
        SOME,

        /** The content lies where the kernel cannot read it any more; what is not in place is still the worker's. */
        NOT_READABLE
    }

    private static final long WAIT_NANOS = 2_000_000;

    private final ChangeGate gate;
    private final Sources sources;
    private final PagerControl control;
    private final Installer forPrivate;
    private final boolean poisonsLostPages;
    private final Installer forShared = new Installer.Continue();

    PageEngine(ChangeGate gate, Sources sources, PagerControl control, Installer forPrivate, boolean poisonsLostPages) {
        this.gate = gate;
        this.sources = sources;
        this.control = control;
        this.forPrivate = forPrivate;
        this.poisonsLostPages = poisonsLostPages;
    }

    /** Sees to it that a page that was touched is there, or that whoever has it in hand wakes the toucher. */
    void resolve(Worker worker, RegionPages region, int page, Waiter waiter) {
        worker.fit(region.pageSize);
        while (!resolveOnce(worker, region, page, waiter)) {
            control.requireRunning();
            if (worker.isReplaced()) {
                return;
            }
        }
    }

    /** Returns false if things have changed meanwhile, and need another look. */
    private boolean resolveOnce(Worker worker, RegionPages region, int page, Waiter waiter) {
        int word = region.states.get(page);
        return switch (PageStates.state(word)) {
            case PageStates.MISSING -> fetch(worker, region, page, word, waiter);
            case PageStates.LOADING, PageStates.INSTALLING -> leaveToOther(worker, region, page, word, waiter);
            case PageStates.INSTALLED -> restore(worker, region, page, waiter);
            case PageStates.REMOVED -> zero(worker, region, page, word);
            default -> answer(worker, region, page);
        };
    }

    /** Wakes who sleeps on a page that will never be there: he finds what the kernel has for it. */
    private boolean answer(Worker worker, RegionPages region, int page) {
        gate.enter(worker.pass);
        try {
            wake(worker, region, page);
            return true;
        } finally {
            gate.exit(worker.pass);
        }
    }

    private boolean fetch(Worker worker, RegionPages region, int page, int word, Waiter waiter) {
        boolean wake = waiter == Waiter.ASLEEP;
        if (liesInMemory(worker, region, page)) {
            return put(worker, region, page, word, wake);
        }
        int claim = region.states.claim(page, word);
        if (claim == 0) {
            return false;
        }
        worker.claims[0] = claim;
        return fetchClaimed(worker, region, page, 1, wake);
    }

    /** Whether there is a source that has a page's content in memory; then the worker is told the address. */
    private boolean liesInMemory(Worker worker, RegionPages region, int page) {
        Sources.Lease lease = sources.current();
        return lease != null && liesInMemory(worker, lease.source, region, page, 1);
    }

    /** Puts a page in place whose content need not be read: one step where there are two otherwise. */
    private boolean put(Worker worker, RegionPages region, int page, int word, boolean wake) {
        gate.enter(worker.pass);
        try {
            int claim = region.states.claimForInstall(page, word);
            if (claim == 0) {
                return false;
            }
            if (installer(region).install(worker, region, page, 1, 0, wake) == 0) {
                worker.tally.add(Tally.BYTES, region.pageSize);
                finish(worker, region, page, 1, wake);
                return true;
            }
            region.states.suspendInstall(page, claim);
            worker.claims[0] = claim;
        } finally {
            gate.exit(worker.pass);
        }
        return fetchClaimed(worker, region, page, 1, wake);
    }

    /**
     * Reads pages that the worker has claimed and puts them in place.
     *
     * @param wake whether somebody may sleep on one of them
     * @return whether none of the claims was lost
     */
    boolean fetchClaimed(Worker worker, RegionPages region, int page, int count, boolean wake) {
        if (region.region.prefilled()) {
            worker.from = worker.content.address();
            return install(worker, region, page, count, wake) == Put.ALL;
        }
        while (holdsAny(worker, region, page, count)) {
            Sources.Lease lease = awaitSource(worker, region, page, count);
            Throwable failure = null;
            if (!liesInMemory(worker, lease.source, region, page, count)) {
                worker.beginReading(lease, region, page, count);
                failure = read(worker, lease.source, region, page, count);
                boolean isGivenUp = !worker.endReading();
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
                    return giveUpLost(worker, region, page, count, lost);
                }
            }
            if (failure == null) {
                worker.tally.add(Tally.BYTES, region.offset(count));
                Put put = install(worker, region, page, count, wake);
                if (put != Put.NOT_READABLE) {
                    return put == Put.ALL;
                }
                failure = new IOException("its memory cannot be read, as if a mapped file were cut off");
            }
            control.sourceLost(lease, sourceFailure(lease.source, region, page, failure));
        }
        return false;
    }

    /** Whether any of the pages is still wanted: they may have been discarded meanwhile. */
    private static boolean holdsAny(Worker worker, RegionPages region, int page, int count) {
        for (int i = 0; i < count; i++) {
            if (region.states.isHeld(page + i, worker.claims[i])) {
                return true;
            }
        }
        return false;
    }

    private Sources.Lease awaitSource(Worker worker, RegionPages region, int page, int count) {
        try {
            Sources.Lease lease = sources.current();
            while (lease == null) {
                awaitChange(worker);
                lease = sources.current();
            }
            return lease;
        } catch (PagingException e) {
            worker.revoke(region, page, count);
            throw e;
        }
    }

    private void awaitChange(Worker worker) {
        control.requireRunning();
        worker.drain();
        LockSupport.parkNanos(WAIT_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            control.requireRunning();
            throw new InterruptedPagingException();
        }
    }

    /** Whether the source has content in memory, from where it can be put in place; then the worker is told the address. */
    private boolean liesInMemory(Worker worker, PageSource source, RegionPages region, int page, int count) {
        if (source instanceof MemorySource memory && installer(region).copiesFromAnywhere()) {
            worker.from = memory.address(region.contentOffset(page), region.offset(count));
            return worker.from != 0;
        }
        return false;
    }

    /** Fills the worker's buffer. Returns what went wrong, or null. */
    private static @Nullable Throwable read(Worker worker, PageSource source, RegionPages region, int page, int count) {
        worker.from = worker.content.address();
        int wanted = (int) region.offset(count);
        long offset = region.contentOffset(page);
        worker.buffer.clear().limit(wanted);
        try {
            while (worker.buffer.position() < wanted) {
                long at = offset + worker.buffer.position();
                if (SourceCalls.read(source, at, worker.buffer, worker.isAwaited()) < 0) {
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

    private Put install(Worker worker, RegionPages region, int page, int count, boolean wake) {
        Put outcome = Put.ALL;
        int attempt = 0;
        for (int done = 0; done < count; ) {
            int run;
            int result;
            gate.enter(worker.pass);
            try {
                run = begin(worker, region, page, done, count);
                if (run == 0) {
                    outcome = Put.SOME;
                    done++;
                    continue;
                }
                result = installer(region).install(worker, region, page + done, run, region.offset(done), wake);
                int put = result == 0 ? run : wholePages(worker.calls.done(), region);
                finish(worker, region, page + done, put, wake);
                for (int i = done + put; i < done + run; i++) {
                    region.states.suspendInstall(page + i, worker.claims[i]);
                }
                done += put;
                switch (result) {
                    case 0, Errno.EAGAIN, Errno.EFAULT -> {}
                    case Errno.EEXIST -> settle(worker, region, page + done++);
                    case Errno.ENOENT -> {
                        forget(worker, region, page + done, count - done);
                        return outcome;
                    }
                    default -> throw failure(result, region, page + done);
                }
            } finally {
                gate.exit(worker.pass);
            }
            if (result == Errno.EAGAIN) {
                control.requireRunning();
                worker.backOff(attempt++);
            } else if (result == Errno.EFAULT) {
                requireUnreadable(worker, region, page, done, run);
                return Put.NOT_READABLE;
            }
        }
        return outcome;
    }

    /** The kernel does not say which end of a copy it failed at; only the loss of the content can be made good. */
    private static void requireUnreadable(Worker worker, RegionPages region, int page, int done, int run) {
        boolean isWorkers = worker.from == worker.content.address();
        if (isWorkers || MemorySource.isReadable(worker.from + region.offset(done), region.offset(run))) {
            throw failure(Errno.EFAULT, region, page + done);
        }
    }

    private static int wholePages(long bytes, RegionPages region) {
        if (bytes % region.pageSize != 0) {
            throw new PagingException("the memory at gpa 0x%x is not made of pages of %d bytes"
                    .formatted(region.region.gpa(), region.pageSize));
        }
        return (int) (bytes / region.pageSize);
    }

    private Installer installer(RegionPages region) {
        return region.isShared() ? forShared : forPrivate;
    }

    /** Returns how many pages from {@code done} on are still the worker's; it may put those in place. */
    private static int begin(Worker worker, RegionPages region, int page, int done, int count) {
        int run = 0;
        while (done + run < count && region.states.beginInstall(page + done + run, worker.claims[done + run])) {
            run++;
        }
        return run;
    }

    private static void finish(Worker worker, RegionPages region, int page, int count, boolean woken) {
        for (int i = 0; i < count; i++) {
            region.admit(page + i);
            if (region.states.installed(page + i) && !woken) {
                worker.calls.wake(region.address(page + i), region.pageSize);
            }
        }
        if (count > 0) {
            worker.tally.add(Tally.PAGES, count);
            worker.progress();
            worker.answered();
        }
    }

    /** Something is there already. Nobody was woken by the attempt to put another page there. */
    private static void settle(Worker worker, RegionPages region, int page) {
        region.admit(page);
        region.states.installed(page);
        wake(worker, region, page);
    }

    private static void wake(Worker worker, RegionPages region, int page) {
        worker.calls.wake(region.address(page), region.pageSize);
        worker.answered();
    }

    /** The range is no longer registered, or not mapped: what was there is no longer ours, which must have been said. */
    private static void forget(Worker worker, RegionPages region, int page, int count) {
        if (!region.retired) {
            throw new PagingException(
                    "the memory at gpa 0x%x was unmapped, or its registration ended, while its pages are"
                                    .formatted(region.gpa(page))
                            + " provided");
        }
        for (int i = 0; i < count; i++) {
            region.states.gone(page + i);
        }
        worker.calls.wake(region.address(page), region.offset(count));
        worker.answered();
    }

    static RuntimeException failure(int errno, RegionPages region, int page) {
        if (errno == Errno.ESRCH) {
            return new PagingException("the process whose memory this was has ended");
        }
        return ErrnoException.of(errno, "UFFDIO", "the page at gpa 0x%x".formatted(region.gpa(page)));
    }

    private boolean leaveToOther(Worker worker, RegionPages region, int page, int word, Waiter waiter) {
        if (waiter == Waiter.ASLEEP) {
            return askToBeWoken(worker, region, page, word);
        }
        worker.tally.add(Tally.DUPLICATES, 1);
        for (int attempt = 0; PageStates.isInHand(region.states.get(page)); attempt++) {
            control.requireRunning();
            worker.pause(attempt);
        }
        boolean isThere = PageStates.state(region.states.get(page)) == PageStates.INSTALLED;
        if (isThere) {
            worker.answered();
        }
        return isThere;
    }

    private boolean askToBeWoken(Worker worker, RegionPages region, int page, int word) {
        gate.enter(worker.pass);
        try {
            boolean asked = region.states.requestWake(page, word);
            if (asked) {
                worker.tally.add(Tally.DUPLICATES, 1);
                worker.answered();
            }
            return asked;
        } finally {
            gate.exit(worker.pass);
        }
    }

    /**
     * Deals with a fault on a page that was installed. Mostly it is there, and its report was late; if it is not, it was
     * discarded, and is zeros now.
     */
    private boolean restore(Worker worker, RegionPages region, int page, Waiter waiter) {
        worker.tally.add(Tally.DUPLICATES, 1);
        int result;
        gate.enter(worker.pass);
        try {
            result = putZeros(worker, region, page);
            if (result == Errno.EEXIST) {
                worker.again(region, page);
            }
            zeroed(worker, region, page, result);
        } finally {
            gate.exit(worker.pass);
        }
        if (result == Errno.EAGAIN) {
            worker.backOff(0);
            return false;
        }
        if (result == Errno.EEXIST && waiter == Waiter.AWAKE) {
            populate(region, page);
        }
        return true;
    }

    /** Deals with what came of an attempt to put zeros in place, unless it is to be made again. */
    private static void zeroed(Worker worker, RegionPages region, int page, int result) {
        switch (result) {
            case 0 -> {
                region.admit(page);
                worker.tally.add(Tally.ZERO_PAGES, 1);
                worker.progress();
                worker.answered();
            }
            case Errno.EEXIST -> {
                region.admit(page);
                wake(worker, region, page);
            }
            case Errno.ENOENT -> forget(worker, region, page, 1);
            case Errno.EAGAIN -> {}
            default -> throw failure(result, region, page);
        }
    }

    /** Makes a page that is there also ready for a write. It must be there: this thread cannot serve its own fault. */
    private static void populate(RegionPages region, int page) {
        int result = PageCalls.madvise(region.address(page), region.pageSize, PageCalls.MADV_POPULATE_WRITE);
        if (result < 0) {
            throw ErrnoException.of(
                    -result, "madvise", "MADV_POPULATE_WRITE, the page at gpa 0x%x".formatted(region.gpa(page)));
        }
    }

    private boolean zero(Worker worker, RegionPages region, int page, int word) {
        int result;
        gate.enter(worker.pass);
        try {
            if (region.states.get(page) != word) {
                return false;
            }
            result = putZeros(worker, region, page);
            if (result == 0 || result == Errno.EEXIST) {
                region.states.zeroed(page, word);
            }
            zeroed(worker, region, page, result);
        } finally {
            gate.exit(worker.pass);
        }
        if (result == Errno.EAGAIN) {
            worker.backOff(0);
            return false;
        }
        return true;
    }

    /** Puts zeros where nothing is, and wakes who sleeps there. A shared page that the file has is mapped as it is. */
    private static int putZeros(Worker worker, RegionPages region, int page) {
        if (region.isShared()) {
            int result = worker.calls.continue_(region.address(page), region.pageSize, 0);
            if (result != Errno.EFAULT) {
                return result;
            }
        }
        if (region.written != null) {
            region.written.add(page);
        }
        return region.hasZeropage
                ? worker.calls.zeropage(region.address(page), region.pageSize, 0)
                : worker.calls.copy(region.address(page), worker.zeros(region.pageSize), region.pageSize, 0);
    }

    /** One of several pages may be lost without the others. */
    private boolean giveUpLost(Worker worker, RegionPages region, int page, int count, PageLostException lost) {
        if (count > 1) {
            worker.revoke(region, page, count);
            return false;
        }
        if (!poisonsLostPages) {
            throw new PagingException(
                    "the page at gpa 0x%x is lost: %s".formatted(region.gpa(page), lost.getMessage()));
        }
        int result = worker.calls.poison(region.address(page), region.pageSize, 0);
        for (int attempt = 0; result == Errno.EAGAIN; attempt++) {
            worker.backOff(attempt);
            result = worker.calls.poison(region.address(page), region.pageSize, 0);
        }
        if (result != 0 && result != Errno.EEXIST) {
            throw failure(result, region, page);
        }
        gate.enter(worker.pass);
        try {
            settle(worker, region, page);
        } finally {
            gate.exit(worker.pass);
        }
        return true;
    }
}
