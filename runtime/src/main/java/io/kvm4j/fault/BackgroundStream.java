package io.kvm4j.fault;

import java.util.concurrent.locks.LockSupport;

/** Fetches what nobody has touched yet, in order, and lets whoever waits for a page go ahead. */
final class BackgroundStream implements Runnable {
    private static final long STEP_ASIDE_NANOS = 50_000;
    private static final long IDLE_NANOS = 1_000_000;

    private final PagerLifecycle lifecycle;
    private final PagedMemory memory;
    private final PageFetcher fetcher;
    private final FaultContexts contexts;
    private final FaultContext context;

    BackgroundStream(
            PagerLifecycle lifecycle, PagedMemory memory, PageFetcher fetcher, FaultContexts contexts, int chunk) {
        this.lifecycle = lifecycle;
        this.memory = memory;
        this.fetcher = fetcher;
        this.contexts = contexts;
        this.context = contexts.ofBackground(chunk);
    }

    @Override
    public void run() {
        try {
            while (lifecycle.isServing() && !lifecycle.completeIfFinished()) {
                boolean isIdle = true;
                for (RegionPages region : memory.regions()) {
                    isIdle &= !stream(region);
                }
                if (isIdle) {
                    // Others have the rest in hand.
                    LockSupport.parkNanos(IDLE_NANOS);
                }
            }
        } catch (Throwable t) {
            lifecycle.callbacks().failInPagersThread(t);
        }
    }

    /** Returns whether there was anything to do. */
    private boolean stream(RegionPages region) {
        boolean isIdle = true;
        context.fit(region.pageSize);
        int most = context.buffer.capacity() / region.pageSize;
        for (int page = 0; page < region.pages() && lifecycle.isServing(); ) {
            letUrgentWorkPass();
            int count = claim(region, page, most);
            isIdle &= count == 0;
            if (count == 0) {
                page++;
            } else if (fetcher.fetchClaimed(context, region, page, count, true)) {
                page += count;
                most = context.buffer.capacity() / region.pageSize;
            } else {
                // One of several was lost, to another or for ever: one at a time tells which.
                page += count == 1 ? 1 : 0;
                most = 1;
            }
        }
        return !isIdle;
    }

    private void letUrgentWorkPass() {
        while (contexts.hasUrgentWork() && lifecycle.isServing()) {
            LockSupport.parkNanos(STEP_ASIDE_NANOS);
        }
    }

    /** Claims pages from {@code page} on, as far as they are missing. */
    private int claim(RegionPages region, int page, int most) {
        int count = 0;
        while (count < most && page + count < region.pages()) {
            int word = region.states.get(page + count);
            int claim = PageStates.state(word) == PageStates.MISSING ? region.states.claim(page + count, word) : 0;
            if (claim == 0) {
                break;
            }
            context.claims[count++] = claim;
        }
        return count;
    }
}
