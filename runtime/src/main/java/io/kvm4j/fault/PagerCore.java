package io.kvm4j.fault;

import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.events.EventFd;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.PageCalls;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The state of a pager, which its threads share. It owns the userfaultfd and the threads. */
final class PagerCore implements PagerControl, AutoCloseable {
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(10);
    private static final Duration PATIENCE_AT_UNMAPPING = Duration.ofSeconds(1);
    private static final long PAUSE_NANOS = 20_000;

    final PagerOptions options;
    final Userfaultfd uffd;
    final int fd;
    final EventFd wakeUp;
    final ChangeGate gate = new ChangeGate();
    final PagedMemory memory;
    final Sources sources;
    final PageEngine engine;
    final WriteProtection protection;
    final PagerCallbacks callbacks;
    final boolean moves;
    final int messagesAtOnce;
    final int smallestPage;
    final int largestPage;

    private final @Nullable SlotArming arming;
    private final Object lock = new Object();
    private final PagerWatch watch;
    private final UffdCalls watchCalls;
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final PagerThreads threads = new PagerThreads();
    private final AtomicInteger readerCount = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    private volatile PagerState state = PagerState.RUNNING;
    private volatile @Nullable Throwable cause;

    /** Whether threads that wait for pages are let go without them. */
    private volatile boolean isLettingGo;

    /** Whether it was closed when all content was in place. */
    private volatile boolean isReleased;

    /** Whether the guest was stopped because the pager failed. */
    private volatile boolean isGuestStopped;

    /** The thread that closes it. */
    private volatile @Nullable Thread closer;

    PagerCore(PagerOptions options, Userfaultfd uffd, EventFd wakeUp) {
        this.options = options;
        this.uffd = uffd;
        this.fd = uffd.fd();
        this.wakeUp = wakeUp;
        this.moves = options.moves();
        this.messagesAtOnce = options.readers() == 1 ? 16 : 1;
        this.smallestPage = PageCalls.pageSize();
        this.largestPage =
                options.memory().stream().mapToInt(PagedRegion::pageSize).max().orElse(smallestPage);
        this.arming = arming(options);
        this.memory = new PagedMemory(uffd);
        this.callbacks = new PagerCallbacks(options.guest(), options.listener(), this);
        this.sources = new Sources(options.source());
        Installer.Copy copy = new Installer.Copy();
        this.engine = new PageEngine(
                gate, sources, this, moves ? new Installer.Move(copy) : copy, options.poisonsLostPages());
        this.protection = new WriteProtection(gate, this);
        this.watch = new PagerWatch(this, options.patience());
        this.watchCalls = new UffdCalls(fd);
    }

    /** Registers the memory, then starts the threads. */
    void start() {
        for (PagedRegion region : options.regions()) {
            add(region);
        }
        for (MemorySlot slot : options.slots()) {
            add(slot);
        }
        threads.start("pager-watch", watch);
        for (int i = 0; i < options.readers(); i++) {
            start(new FaultReader(this, "reader " + i, new FaultQueue()));
        }
        startBackground();
    }

    private void startBackground() {
        if (options.background()) {
            BackgroundStream stream = new BackgroundStream(this, Math.max(options.chunk(), largestPage) & -largestPage);
            workers.add(stream);
            threads.start("pager-background", stream);
        }
    }

    private static @Nullable SlotArming arming(PagerOptions options) {
        return options.strategy() instanceof FaultStrategy.MemoryFaultExits exits
                ? new SlotArming(Objects.requireNonNull(options.vm()), exits.variant())
                : null;
    }

    /** Has KVM fault pages in by itself again. A guest for which that fails cannot go on, and is stopped. */
    private void disarm(Cleanup cleanup) {
        for (RegionPages region : memory.regions()) {
            MemorySlot slot = region.slot;
            if (arming != null && slot != null && !region.retired) {
                cleanup.run(() -> arming.disarm(slot));
            }
        }
        if (cleanup.failure() != null) {
            cleanup.run(this::stopGuest);
        }
    }

    private void start(FaultReader reader) {
        workers.add(reader);
        threads.start("pager-reader-" + readerCount.getAndIncrement(), reader);
    }

    /** Does the same for a slot's memory, and has its faults reported as the strategy wants them. */
    void add(MemorySlot slot) {
        RegionPages pages = add(region(slot));
        if (arming != null) {
            try {
                arming.arm(slot, pages);
            } catch (Throwable t) {
                throw Cleanup.after(t).run(() -> memory.cancel(pages)).rethrow();
            }
            pages.slot = slot;
        }
    }

    /** What is not known of the caller's own memory, the kernel tells. */
    private PagedRegion region(MemorySlot slot) {
        PagedRegion region = PagedRegion.of(slot);
        return slot.backing() instanceof MemoryBacking.Callers ? region.withPageSize(memory.pageSize(region)) : region;
    }

    /** Registers memory and provides its pages from now on. */
    RegionPages add(PagedRegion region) {
        if (options.tracksWrites() && region.isShared()) {
            throw new IllegalStateException("writes are tracked in private memory only");
        }
        RegionPages pages = new RegionPages(region, options.tracksWrites());
        awaitUnmapping(pages);
        synchronized (lock) {
            memory.add(pages);
            if (state == PagerState.COMPLETE) {
                startBackgroundFor(pages);
                state = PagerState.RUNNING;
            }
        }
        return pages;
    }

    private void startBackgroundFor(RegionPages pages) {
        try {
            startBackground();
        } catch (Throwable t) {
            throw Cleanup.after(t).run(() -> memory.cancel(pages)).rethrow();
        }
    }

    /**
     * Memory can be mapped where other memory was a moment ago, before the message of that comes: then it is read first,
     * or it would be taken for one of the new memory.
     */
    private void awaitUnmapping(RegionPages pages) {
        long deadline = System.nanoTime() + PATIENCE_AT_UNMAPPING.toNanos();
        RegionPages other = memory.overlapping(pages);
        while (other != null && other.retired && isServing() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
            other = memory.overlapping(pages);
        }
    }

    PagerState state() {
        return state;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }

    boolean isOpen() {
        return state != PagerState.CLOSED;
    }

    /** Whether faults are to be dealt with. */
    boolean isServing() {
        return state != PagerState.CLOSED && state != PagerState.FAILED;
    }

    @Override
    public void requireRunning() {
        if (!isServing()) {
            throw stopped();
        }
    }

    private PagingException stopped() {
        Throwable why = cause;
        return state == PagerState.FAILED && why != null
                ? new PagingException("the pager has failed: " + why.getMessage(), why)
                : new PagingException("the pager is closed");
    }

    /** A page can be seen a moment before its install returns and is noted. */
    int missingPages() {
        gate.awaitInstalls();
        return memory.unfinished();
    }

    /** Returns whether all content is in place, and if it has just come to be, says so. */
    boolean completeIfFinished() {
        synchronized (lock) {
            if (state == PagerState.RUNNING && memory.unfinished() == 0) {
                state = PagerState.COMPLETE;
                watch.call(() -> callbacks.tell(PagerListener::complete));
            }
            return state == PagerState.COMPLETE;
        }
    }

    @Override
    public void sourceLost(Sources.Lease lease, PageSourceException why) {
        synchronized (lock) {
            if (state != PagerState.RUNNING || !sources.end(lease)) {
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
            if (state == PagerState.RUNNING) {
                state = PagerState.PAUSED;
                cause = why;
                // Under the lock as well: a resume must not come first.
                watch.call(callbacks::pause);
                watch.call(() -> callbacks.tell(listener -> listener.sourceLost(why)));
            }
        }
    }

    void resume(PageSource source) {
        Objects.requireNonNull(source);
        synchronized (lock) {
            if (state != PagerState.PAUSED) {
                throw new IllegalStateException(
                        "the pager is %s: only one that lost its source takes another".formatted(state));
            }
            state = PagerState.RUNNING;
            cause = null;
            sources.use(source);
            watch.call(callbacks::resume);
        }
    }

    /** For the watch: a source that has been silent for too long is lost, and so is whoever waits inside it. */
    void replaceStuckWorkers(long patienceNanos) {
        for (Worker worker : workers) {
            Sources.Lease lease = worker.lease();
            if (lease == null || !worker.hasReadFor(patienceNanos)) {
                continue;
            }
            sourceLost(
                    lease,
                    new PageSourceException(
                            "the source of pages (%s) has been silent for %d ms"
                                    .formatted(SourceCalls.describe(lease.source), patienceNanos / 1_000_000),
                            null));
            if (worker.giveUp(watchCalls) && worker instanceof FaultReader stuck) {
                start(stuck.replacement());
            }
        }
    }

    /** Stops the guest. The userfaultfd stays open, so that nobody finds zeros before it stands. */
    @Override
    public void fail(Throwable why) {
        synchronized (lock) {
            if (!isServing()) {
                return;
            }
            state = PagerState.FAILED;
            cause = why;
        }
        Cleanup ignored = Cleanup.after(why)
                .run(wakeUp::signal)
                .run(() -> {
                    stopGuest();
                    isGuestStopped = true;
                })
                .run(this::abortSource);
        watch.call(() -> callbacks.tell(listener -> listener.failed(why)));
    }

    /** For the watch: the guest was told to stop and does not, so that it may be waiting for pages that won't come. */
    void letGuestStop() {
        if (state == PagerState.PAUSED) {
            fail(new PagingException("the guest was stopped while the source of its pages was lost", cause));
        }
        isLettingGo |= state == PagerState.FAILED;
    }

    boolean isLettingGo() {
        return isLettingGo;
    }

    private void stopGuest() {
        options.guest().stop();
    }

    private void abortSource() {
        PageSource source = sources.end();
        if (source != null) {
            source.abort();
        }
    }

    /**
     * Provides a page by the calling thread.
     *
     * @param worker the thread's
     * @param isFault whether the caller has touched the page, and not only is about to
     */
    void provide(Worker worker, RegionPages region, int page, boolean isFault) {
        worker.beginWork();
        try {
            if (mayUse()) {
                if (isFault) {
                    worker.tally.add(Tally.FAULTS, 1);
                    worker.begin(System.nanoTime());
                }
                engine.resolve(worker, region, page, PageEngine.Waiter.AWAKE);
                if (!isFault) {
                    worker.progress();
                }
            }
        } catch (Throwable t) {
            if (isToBeTold(t)) {
                throw t;
            }
        } finally {
            worker.endWork();
        }
    }

    /** Whether somebody waits for a page: the background stream lets it go ahead. */
    boolean hasUrgentWork() {
        for (Worker worker : workers) {
            if (worker.isBusy()) {
                return true;
            }
        }
        return false;
    }

    /** Runs something by the worker of the calling thread. */
    void use(Worker worker, Consumer<Worker> task) {
        worker.beginWork();
        try {
            if (mayUse()) {
                task.accept(worker);
            }
        } catch (Throwable t) {
            if (isToBeTold(t)) {
                throw t;
            }
        } finally {
            worker.endWork();
        }
    }

    /** Whether there is anything to do: none once the memory needs no pager any more, as for a fault reported just before. */
    private boolean mayUse() {
        if (!isReleased) {
            requireRunning();
        }
        return !isReleased;
    }

    /** Whether what went wrong in a thread of the caller's is the caller's matter; then the pager has failed. */
    private boolean isToBeTold(Throwable t) {
        if (t instanceof PagingException && isReleased) {
            return false;
        }
        if (!(t instanceof InterruptedPagingException)) {
            fail(t);
        }
        return true;
    }

    /** Makes one for the calling thread. */
    Worker newWorker() {
        Worker worker = new Worker(Thread.currentThread().getName(), fd, gate, largestPage, moves);
        workers.add(worker);
        return worker;
    }

    /** A page can be seen a moment before its install returns and is counted. */
    PagerFigures figures() {
        gate.awaitInstalls();
        SequencedMap<String, Tally> tallies = new LinkedHashMap<>();
        Tally total = new Tally();
        for (Worker worker : workers) {
            tallies.computeIfAbsent(worker.name, _ -> new Tally()).add(worker.tally);
            total.add(worker.tally);
        }
        SequencedMap<String, FaultFigures> byThread = new LinkedHashMap<>();
        tallies.forEach((name, tally) -> byThread.put(name, tally.figures()));
        return new PagerFigures(total.figures(), byThread);
    }

    /**
     * Stops the guest if pages are still to come, then the threads, and then lets the memory go: all of it, whatever fails.
     */
    @Override
    public void close() {
        PagerState last;
        synchronized (lock) {
            boolean isFinished = isServing() && memory.unfinished() == 0;
            last = isFinished ? PagerState.COMPLETE : state;
            isReleased |= isFinished;
            state = PagerState.CLOSED;
        }
        if (last == PagerState.CLOSED) {
            awaitClosed();
        } else {
            end(last);
        }
    }

    /** Ends a pager that could not be started. Nothing has relied on it yet. */
    void abandon() {
        synchronized (lock) {
            state = PagerState.CLOSED;
        }
        end(PagerState.COMPLETE);
    }

    private void end(PagerState last) {
        closer = Thread.currentThread();
        Cleanup cleanup = new Cleanup();
        if (last == PagerState.COMPLETE) {
            disarm(cleanup);
        } else if (!isGuestStopped) {
            cleanup.run(this::stopGuest);
        }
        long deadline = System.nanoTime() + PATIENCE_AT_CLOSE.toNanos();
        watch.call(() -> {});
        cleanup.run(this::abortSource)
                .run(() -> threads.awaitEnd(wakeUp::signal, deadline))
                .run(() -> awaitWork(deadline))
                .run(uffd::close)
                .run(wakeUp::close)
                .run(closed::countDown)
                .finish();
    }

    private void awaitWork(long deadline) {
        while (hasUrgentWork() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The guest's stop and the listener may close it again, and must not wait for themselves. */
    private void awaitClosed() {
        if (closer != Thread.currentThread() && !threads.areCurrent()) {
            boolean interrupted = Thread.interrupted();
            try {
                boolean ignored = closed.await(PATIENCE_AT_CLOSE.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
