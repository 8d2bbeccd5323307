package io.kvm4j.fault;

import io.kvm4j.posix.Mapping;
import io.kvm4j.posix.SystemCalls;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;

/**
 * Puts pages in place: content that a thread has claimed pages for, or zeros. Any number of threads call it at once. Nothing
 * allocates unless something fails.
 */
final class PageInstaller {
    /** What has come of putting pages in place. */
    enum Outcome {
        ALL,

        /** Some of the pages were no longer the thread's. */
        SOME,

        /** The kernel cannot read the content where it lies any more; what is not in place is still the thread's. */
        NOT_READABLE
    }

    private final DiscardGate gate;
    private final PagerControl control;
    private final PlacementMethod forPrivate;
    private final PlacementMethod forShared = new PlacementMethod.Continue();

    PageInstaller(DiscardGate gate, PagerControl control, PlacementMethod forPrivate) {
        this.gate = gate;
        this.control = control;
        this.forPrivate = forPrivate;
    }

    /** Whether content can be put in place from memory that is not the thread's. */
    boolean copiesFromAnywhere(RegionPages region) {
        return installer(region).copiesFromAnywhere();
    }

    /**
     * Puts a page in place whose content need not be read: one step where there are two otherwise. If that fails, the thread
     * keeps its claim on the page.
     *
     * @param word the state in which the thread saw the page
     * @return {@link Outcome#SOME} if the page's state has changed meanwhile
     */
    Outcome installUnclaimed(FaultContext context, RegionPages region, int page, int word, boolean wake) {
        gate.enter(context.pass);
        try {
            int claim = region.states.claimForInstall(page, word);
            if (claim == 0) {
                return Outcome.SOME;
            }
            if (installer(region).install(context, region, page, 1, 0, wake) == 0) {
                context.counters.add(ThreadCounters.BYTES, region.pageSize);
                finish(context, region, page, 1, wake);
                return Outcome.ALL;
            }
            region.states.suspendInstall(page, claim);
            context.claims[0] = claim;
            return Outcome.NOT_READABLE;
        } finally {
            gate.exit(context.pass);
        }
    }

    /** Puts pages in place that the thread has claimed, from where its content is. */
    Outcome install(FaultContext context, RegionPages region, int page, int count, boolean wake) {
        Outcome outcome = Outcome.ALL;
        int attempt = 0;
        for (int done = 0; done < count; ) {
            int run;
            int result;
            gate.enter(context.pass);
            try {
                run = begin(context, region, page, done, count);
                if (run == 0) {
                    outcome = Outcome.SOME;
                    done++;
                    continue;
                }
                result = installer(region).install(context, region, page + done, run, region.offset(done), wake);
                int put = result == 0 ? run : wholePages(context.calls.done(), region);
                finish(context, region, page + done, put, wake);
                for (int i = done + put; i < done + run; i++) {
                    region.states.suspendInstall(page + i, context.claims[i]);
                }
                done += put;
                switch (result) {
                    case 0, Errno.EAGAIN, Errno.EFAULT -> {}
                    case Errno.EEXIST -> settle(context, region, page + done++);
                    case Errno.ENOENT -> {
                        forget(context, region, page + done, count - done);
                        return outcome;
                    }
                    default -> throw failure(result, region, page + done);
                }
            } finally {
                gate.exit(context.pass);
            }
            if (result == Errno.EAGAIN) {
                control.requireRunning();
                context.backOff(attempt++);
            } else if (result == Errno.EFAULT) {
                requireUnreadable(context, region, page, done, run);
                return Outcome.NOT_READABLE;
            }
        }
        return outcome;
    }

    /** The kernel does not say which end of a copy it failed at; only the loss of the content can be made good. */
    private static void requireUnreadable(FaultContext context, RegionPages region, int page, int done, int run) {
        boolean isWorkers = context.from == context.content.address();
        if (isWorkers || isReadable(context.from + region.offset(done), region.offset(run))) {
            throw failure(Errno.EFAULT, region, page + done);
        }
    }

    /** Whether the kernel can still read content: not if it lies in a mapped file that was cut off meanwhile, for one. */
    private static boolean isReadable(long address, long length) {
        long start = address & -Mapping.PAGE_SIZE;
        return SystemCalls.madvise(start, address + length - start, SystemCalls.MADV_POPULATE_READ) == 0;
    }

    private static int wholePages(long bytes, RegionPages region) {
        if (bytes % region.pageSize != 0) {
            throw new PagingException("the memory at gpa 0x%x is not made of pages of %d bytes"
                    .formatted(region.region.gpa(), region.pageSize));
        }
        return (int) (bytes / region.pageSize);
    }

    private PlacementMethod installer(RegionPages region) {
        return region.isShared() ? forShared : forPrivate;
    }

    /** Returns how many pages from {@code done} on are still the thread's; it may put those in place. */
    private static int begin(FaultContext context, RegionPages region, int page, int done, int count) {
        int run = 0;
        while (done + run < count && region.states.beginInstall(page + done + run, context.claims[done + run])) {
            run++;
        }
        return run;
    }

    private static void finish(FaultContext context, RegionPages region, int page, int count, boolean woken) {
        for (int i = 0; i < count; i++) {
            region.admit(page + i);
            if (region.states.installed(page + i) && !woken) {
                context.calls.wake(region.address(page + i), region.pageSize);
            }
        }
        if (count > 0) {
            context.counters.add(ThreadCounters.PAGES, count);
            context.progress();
            context.answered();
        }
    }

    /** Something is there already. Nobody was woken by the attempt to put another page there. */
    static void settle(FaultContext context, RegionPages region, int page) {
        region.admit(page);
        region.states.installed(page);
        wake(context, region, page);
    }

    static void wake(FaultContext context, RegionPages region, int page) {
        context.calls.wake(region.address(page), region.pageSize);
        context.answered();
    }

    /** The range is no longer registered, or not mapped: what was there is no longer ours, which must have been said. */
    private static void forget(FaultContext context, RegionPages region, int page, int count) {
        if (!region.retired) {
            throw new PagingException(
                    "the memory at gpa 0x%x was unmapped, or its registration ended, while its pages are"
                                    .formatted(region.gpa(page))
                            + " provided");
        }
        for (int i = 0; i < count; i++) {
            region.states.gone(page + i);
        }
        context.calls.wake(region.address(page), region.offset(count));
        context.answered();
    }

    static RuntimeException failure(int errno, RegionPages region, int page) {
        if (errno == Errno.ESRCH) {
            return new PagingException("the process whose memory this was has ended");
        }
        return ErrnoException.of(errno, "UFFDIO", "the page at gpa 0x%x".formatted(region.gpa(page)));
    }

    /** Deals with what came of an attempt to put zeros in place, unless it is to be made again. */
    static void zeroed(FaultContext context, RegionPages region, int page, int result) {
        switch (result) {
            case 0 -> {
                region.admit(page);
                context.counters.add(ThreadCounters.ZERO_PAGES, 1);
                context.progress();
                context.answered();
            }
            case Errno.EEXIST -> {
                region.admit(page);
                wake(context, region, page);
            }
            case Errno.ENOENT -> forget(context, region, page, 1);
            case Errno.EAGAIN -> {}
            default -> throw failure(result, region, page);
        }
    }

    /** Puts zeros where nothing is, and wakes who sleeps there. A shared page that the file has is mapped as it is. */
    static int putZeros(FaultContext context, RegionPages region, int page) {
        if (region.isShared()) {
            int result = context.calls.continue_(region.address(page), region.pageSize, 0);
            if (result != Errno.EFAULT) {
                return result;
            }
        }
        if (region.written != null) {
            region.written.add(page);
        }
        return region.hasZeropage
                ? context.calls.zeropage(region.address(page), region.pageSize, 0)
                : context.calls.copy(region.address(page), context.zeros(region.pageSize), region.pageSize, 0);
    }
}
