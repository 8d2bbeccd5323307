package io.kvm4j.fault;

import io.kvm4j.posix.SystemCalls;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;

/**
 * Resolves faults: decides by the state of the page what a fault on it needs. Any number of threads call it at once. Nothing
 * allocates unless something fails.
 */
final class PageResolver {
    /** How a thread waits for its page. */
    enum Waiter {
        /** In the kernel, on the userfaultfd, until it is woken. */
        ASLEEP,

        /** It is the calling thread, which tries again when the resolver returns. */
        AWAKE
    }

    private final DiscardGate gate;
    private final PagerControl control;
    private final PageFetcher fetcher;

    PageResolver(DiscardGate gate, PagerControl control, PageFetcher fetcher) {
        this.gate = gate;
        this.control = control;
        this.fetcher = fetcher;
    }

    /** Sees to it that a page that was touched is there, or that whoever has it in hand wakes the toucher. */
    void resolve(FaultContext context, RegionPages region, int page, Waiter waiter) {
        context.fit(region.pageSize);
        while (!resolveOnce(context, region, page, waiter)) {
            control.requireRunning();
            if (context.isReplaced()) {
                return;
            }
        }
    }

    /** Returns false if things have changed meanwhile, and need another look. */
    private boolean resolveOnce(FaultContext context, RegionPages region, int page, Waiter waiter) {
        int word = region.states.get(page);
        return switch (PageStates.state(word)) {
            case PageStates.MISSING -> fetcher.fetch(context, region, page, word, waiter == Waiter.ASLEEP);
            case PageStates.LOADING, PageStates.INSTALLING -> leaveToOther(context, region, page, word, waiter);
            case PageStates.INSTALLED -> restore(context, region, page, waiter);
            case PageStates.REMOVED -> zero(context, region, page, word);
            default -> answer(context, region, page);
        };
    }

    /** Wakes who sleeps on a page that will never be there: he finds what the kernel has for it. */
    private boolean answer(FaultContext context, RegionPages region, int page) {
        gate.enter(context.pass);
        try {
            PageInstaller.wake(context, region, page);
            return true;
        } finally {
            gate.exit(context.pass);
        }
    }

    private boolean leaveToOther(FaultContext context, RegionPages region, int page, int word, Waiter waiter) {
        if (waiter == Waiter.ASLEEP) {
            return askToBeWoken(context, region, page, word);
        }
        context.counters.add(ThreadCounters.DUPLICATES, 1);
        for (int attempt = 0; PageStates.isInHand(region.states.get(page)); attempt++) {
            control.requireRunning();
            context.pause(attempt);
        }
        boolean isThere = PageStates.state(region.states.get(page)) == PageStates.INSTALLED;
        if (isThere) {
            context.answered();
        }
        return isThere;
    }

    private boolean askToBeWoken(FaultContext context, RegionPages region, int page, int word) {
        gate.enter(context.pass);
        try {
            boolean asked = region.states.requestWake(page, word);
            if (asked) {
                context.counters.add(ThreadCounters.DUPLICATES, 1);
                context.answered();
            }
            return asked;
        } finally {
            gate.exit(context.pass);
        }
    }

    /**
     * Deals with a fault on a page that was installed. Mostly it is there, and its report was late; if it is not, it was
     * discarded, and is zeros now.
     */
    private boolean restore(FaultContext context, RegionPages region, int page, Waiter waiter) {
        context.counters.add(ThreadCounters.DUPLICATES, 1);
        int result;
        gate.enter(context.pass);
        try {
            result = PageInstaller.putZeros(context, region, page);
            if (result == Errno.EEXIST) {
                context.again(region, page);
            }
            PageInstaller.zeroed(context, region, page, result);
        } finally {
            gate.exit(context.pass);
        }
        if (result == Errno.EAGAIN) {
            context.backOff(0);
            return false;
        }
        if (result == Errno.EEXIST && waiter == Waiter.AWAKE) {
            populate(region, page);
        }
        return true;
    }

    /** Makes a page that is there also ready for a write. It must be there: this thread cannot serve its own fault. */
    private static void populate(RegionPages region, int page) {
        int result = SystemCalls.madvise(region.address(page), region.pageSize, SystemCalls.MADV_POPULATE_WRITE);
        if (result < 0) {
            throw ErrnoException.of(
                    -result, "madvise", "MADV_POPULATE_WRITE, the page at gpa 0x%x".formatted(region.gpa(page)));
        }
    }

    private boolean zero(FaultContext context, RegionPages region, int page, int word) {
        int result;
        gate.enter(context.pass);
        try {
            if (region.states.get(page) != word) {
                return false;
            }
            result = PageInstaller.putZeros(context, region, page);
            if (result == 0 || result == Errno.EEXIST) {
                region.states.zeroed(page, word);
            }
            PageInstaller.zeroed(context, region, page, result);
        } finally {
            gate.exit(context.pass);
        }
        if (result == Errno.EAGAIN) {
            context.backOff(0);
            return false;
        }
        return true;
    }
}
