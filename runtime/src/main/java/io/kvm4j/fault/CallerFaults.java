package io.kvm4j.fault;

import java.util.function.Consumer;

/** Provides pages in threads of the caller's, such as those of vCPUs. Any thread may call, each with its own context. */
final class CallerFaults {
    private final PagerLifecycle lifecycle;
    private final PageResolver resolver;

    CallerFaults(PagerLifecycle lifecycle, PageResolver resolver) {
        this.lifecycle = lifecycle;
        this.resolver = resolver;
    }

    /**
     * Provides a page by the calling thread.
     *
     * @param isFault whether the caller has touched the page, and not only is about to
     */
    void provide(FaultContext context, RegionPages region, int page, boolean isFault) {
        context.beginWork();
        try {
            if (lifecycle.isNeeded()) {
                if (isFault) {
                    context.counters.add(ThreadCounters.FAULTS, 1);
                    context.begin(System.nanoTime());
                }
                resolver.resolve(context, region, page, PageResolver.Waiter.AWAKE);
                if (!isFault) {
                    context.progress();
                }
            }
        } catch (Throwable t) {
            if (lifecycle.failInCallersThread(t)) {
                throw t;
            }
        } finally {
            context.endWork();
        }
    }

    /** Runs something with the context of the calling thread. */
    void use(FaultContext context, Consumer<FaultContext> task) {
        context.beginWork();
        try {
            if (lifecycle.isNeeded()) {
                task.accept(context);
            }
        } catch (Throwable t) {
            if (lifecycle.failInCallersThread(t)) {
                throw t;
            }
        } finally {
            context.endWork();
        }
    }
}
