package io.kvm4j.fault;

import io.kvm4j.Guest;
import io.kvm4j.events.EventFd;
import io.kvm4j.pages.PageSource;
import io.kvm4j.pages.SourceCalls;
import io.kvm4j.posix.Cleanup;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The state of a pager, from its start to its end, and what each change of state does to the guest, the source and the
 * listener. Any thread may call.
 */
final class PagerLifecycle implements PagerControl {
    private final Guest guest;
    private final PagerCallbacks callbacks;
    private final PagedMemory memory;
    private final CurrentSource source;
    private final EventFd wakeUp;
    private final Queue<Runnable> calls;
    private final Object lock = new Object();

    private volatile DemandPager.State state = DemandPager.State.RUNNING;
    private volatile @Nullable Throwable cause;

    /** Whether threads that wait for pages are let go without them. */
    private volatile boolean isLettingGo;

    /** Whether it was closed when all content was in place. */
    private volatile boolean isReleased;

    /** Whether the guest was stopped because the pager failed. */
    private volatile boolean isGuestStopped;

    /**
     * Starts in {@link DemandPager.State#RUNNING}.
     *
     * @param wakeUp makes readers look at the state
     * @param calls takes calls that may take long, for the watch to make
     */
    PagerLifecycle(
            PagerOptions options, PagedMemory memory, CurrentSource source, EventFd wakeUp, Queue<Runnable> calls) {
        this.guest = options.guest();
        this.callbacks = new PagerCallbacks(options.guest(), options.listener(), this);
        this.memory = memory;
        this.source = source;
        this.wakeUp = wakeUp;
        this.calls = calls;
    }

    PagerCallbacks callbacks() {
        return callbacks;
    }

    DemandPager.State state() {
        return state;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }

    boolean isOpen() {
        return state != DemandPager.State.CLOSED;
    }

    /** Whether faults are to be dealt with. */
    boolean isServing() {
        return state != DemandPager.State.CLOSED && state != DemandPager.State.FAILED;
    }

    @Override
    public void requireRunning() {
        if (!isServing()) {
            throw stopped();
        }
    }

    private PagingException stopped() {
        Throwable why = cause;
        return state == DemandPager.State.FAILED && why != null
                ? new PagingException("the pager has failed: " + why.getMessage(), why)
                : new PagingException("the pager is closed");
    }

    /**
     * Adds memory. A pager whose content was all in place runs again.
     *
     * @param startBackground starts what fetches the new memory's content; if it throws, nothing was added
     * @throws PagingException if the pager has failed or is closed: the userfaultfd may be gone
     */
    void add(RegionPages pages, Runnable startBackground) {
        synchronized (lock) {
            requireRunning();
            memory.add(pages);
            if (state == DemandPager.State.COMPLETE) {
                try {
                    startBackground.run();
                } catch (Throwable t) {
                    throw Cleanup.after(t).run(() -> memory.cancel(pages)).rethrow();
                }
                state = DemandPager.State.RUNNING;
            }
        }
    }

    /** Returns whether all content is in place, and tells the listener when that has just become true. */
    boolean completeIfFinished() {
        synchronized (lock) {
            if (state == DemandPager.State.RUNNING && memory.unfinished() == 0) {
                state = DemandPager.State.COMPLETE;
                calls.add(() -> callbacks.tell(PagerListener::complete));
            }
            return state == DemandPager.State.COMPLETE;
        }
    }

    @Override
    public void sourceLost(CurrentSource.Lease lease, PageSourceException why) {
        synchronized (lock) {
            if (state != DemandPager.State.RUNNING || !source.end(lease)) {
                return;
            }
        }
        // Before anyone can see that the pager is paused, and resume with the same source.
        Throwable unended = SourceCalls.abort(lease.source);
        if (unended instanceof Error) {
            unended.addSuppressed(why);
            fail(unended);
            return;
        }
        if (unended != null) {
            why.addSuppressed(unended);
        }
        pause(why);
    }

    private void pause(PageSourceException why) {
        synchronized (lock) {
            if (state == DemandPager.State.RUNNING) {
                state = DemandPager.State.PAUSED;
                cause = why;
                // Under the lock as well: a resume must not come first.
                calls.add(callbacks::pause);
                calls.add(() -> callbacks.tell(listener -> listener.sourceLost(why)));
            }
        }
    }

    void resume(PageSource next) {
        Objects.requireNonNull(next);
        synchronized (lock) {
            if (state != DemandPager.State.PAUSED) {
                throw new IllegalStateException(
                        "the pager is %s: only one that lost its source takes another".formatted(state));
            }
            state = DemandPager.State.RUNNING;
            cause = null;
            source.use(next);
            calls.add(callbacks::resume);
        }
    }

    /** Stops the guest. The userfaultfd stays open, so that the guest never finds zeros before it has stopped. */
    @Override
    public void fail(Throwable why) {
        synchronized (lock) {
            if (!isServing()) {
                return;
            }
            state = DemandPager.State.FAILED;
            cause = why;
        }
        Cleanup ignored = Cleanup.after(why)
                .run(wakeUp::signal)
                .run(() -> {
                    stopGuest();
                    isGuestStopped = true;
                })
                .run(this::abortSource);
        calls.add(() -> callbacks.tell(listener -> listener.failed(why)));
    }

    /** For the watch: the guest was told to stop and does not, so that it may be waiting for pages that won't come. */
    void letGuestStop() {
        if (state == DemandPager.State.PAUSED) {
            fail(new PagingException("the guest was stopped while the source of its pages was lost", cause));
        }
        isLettingGo |= state == DemandPager.State.FAILED;
    }

    boolean isLettingGo() {
        return isLettingGo;
    }

    void stopGuest() {
        guest.stop();
    }

    boolean isGuestStopped() {
        return isGuestStopped;
    }

    void abortSource() {
        PageSource last = source.end();
        if (last != null) {
            last.abort();
        }
    }

    /** Whether there is anything to do: none once the memory needs no pager any more, as for a fault reported just before. */
    boolean isNeeded() {
        if (!isReleased) {
            requireRunning();
        }
        return !isReleased;
    }

    /** Fails the pager if that is what a failure in a thread of the caller's means. Returns whether the caller gets it. */
    boolean failInCallersThread(Throwable t) {
        if (t instanceof PagingException && isReleased) {
            return false;
        }
        if (!(t instanceof InterruptedPagingException)) {
            fail(t);
        }
        return true;
    }

    /** Ends all use. Returns the last state, which is COMPLETE if all content is in place. */
    DemandPager.State close() {
        synchronized (lock) {
            boolean isFinished = isServing() && memory.unfinished() == 0;
            DemandPager.State last = isFinished ? DemandPager.State.COMPLETE : state;
            isReleased |= isFinished;
            state = DemandPager.State.CLOSED;
            return last;
        }
    }

    /** Ends a pager that could not be started. Nothing has relied on it yet. */
    void abandon() {
        synchronized (lock) {
            state = DemandPager.State.CLOSED;
        }
    }
}
