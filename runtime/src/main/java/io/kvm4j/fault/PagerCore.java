package io.kvm4j.fault;

import io.kvm4j.MemorySlot;
import io.kvm4j.events.EventFd;
import io.kvm4j.posix.PageCalls;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
    final Sources sources;
    final PageEngine engine;
    final boolean moves;
    final int messagesAtOnce;
    final int smallestPage;
    final int largestPage;

    private final @Nullable SlotArming arming;
    private final Object lock = new Object();
    private final PagerWatch watch;
    private final UffdCalls watchCalls;
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final List<Running> threads = new CopyOnWriteArrayList<>();
    private final AtomicInteger readerCount = new AtomicInteger();

    private volatile RegionPages[] regions = {};
    private volatile PagerState state = PagerState.RUNNING;
    private volatile @Nullable Throwable cause;

    /** Whether threads that wait for pages are let go without them. */
    private volatile boolean isLettingGo;

    /** Whether it was closed when all content was in place. */
    private volatile boolean isReleased;

    PagerCore(PagerOptions options, Userfaultfd uffd, EventFd wakeUp) {
        this.options = options;
        this.uffd = uffd;
        this.fd = uffd.fd();
        this.wakeUp = wakeUp;
        this.moves = options.moves();
        this.messagesAtOnce = options.readers() == 1 ? 16 : 1;
        this.smallestPage = PageCalls.pageSize();
        this.largestPage =
                options.regions().stream().mapToInt(PagedRegion::pageSize).max().orElse(smallestPage);
        this.arming = arming(options);
        this.sources = new Sources(options.source());
        Installer.Copy copy = new Installer.Copy();
        this.engine = new PageEngine(
                gate, sources, this, moves ? new Installer.Move(copy) : copy, options.poisonsLostPages());
        this.watch = new PagerWatch(this, options.patience());
        this.watchCalls = new UffdCalls(fd);
    }

    /** A thread and what it runs. */
    private record Running(Thread thread, Runnable task) {
        /** Whether it is stuck in a source that was given up: it does nothing more, and cannot be waited for. */
        boolean isReplaced() {
            return task instanceof FaultReader reader && reader.isReplaced();
        }

        /** The watch has calls to finish; the others may be inside a source. */
        boolean mayBeInterrupted() {
            return !(task instanceof PagerWatch);
        }
    }

    /** Registers the memory, then starts the threads. */
    void start() {
        for (PagedRegion region : options.regions()) {
            add(region);
        }
        for (MemorySlot slot : options.slots()) {
            add(slot);
        }
        start("pager-watch", watch);
        for (int i = 0; i < options.readers(); i++) {
            start(new FaultReader(this, "reader " + i, new FaultQueue()));
        }
        startBackground();
    }

    private void startBackground() {
        if (options.background()) {
            BackgroundStream stream = new BackgroundStream(this, Math.max(options.chunk(), largestPage) & -largestPage);
            workers.add(stream);
            start("pager-background", stream);
        }
    }

    private static @Nullable SlotArming arming(PagerOptions options) {
        return options.strategy() instanceof FaultStrategy.MemoryFaultExits exits
                ? new SlotArming(Objects.requireNonNull(options.vm()), exits.variant())
                : null;
    }

    /** Has KVM fault pages in by itself again. */
    private void disarm() {
        for (RegionPages region : regions) {
            MemorySlot slot = region.slot;
            if (arming != null && slot != null && !region.retired) {
                arming.disarm(slot);
            }
        }
    }

    private void start(FaultReader reader) {
        workers.add(reader);
        start("pager-reader-" + readerCount.getAndIncrement(), reader);
    }

    private void start(String name, Runnable task) {
        Thread thread = Thread.ofPlatform().name(name).daemon().unstarted(task);
        threads.add(new Running(thread, task));
        thread.start();
    }

    /** Does the same for a slot's memory, and has its faults reported as the strategy wants them. */
    void add(MemorySlot slot) {
        RegionPages pages = add(PagedRegion.of(slot));
        if (arming != null) {
            arming.arm(slot, pages);
            pages.slot = slot;
        }
    }

    /** Registers memory and provides its pages from now on. */
    RegionPages add(PagedRegion region) {
        RegionPages pages = new RegionPages(region, options.tracksWrites());
        awaitUnmapping(pages);
        synchronized (lock) {
            if (overlapping(pages) != null) {
                throw new IllegalArgumentException("two regions have the memory at 0x%x".formatted(pages.start));
            }
            long ioctls = uffd.register(pages.start, pages.size, modes(pages));
            pages.hasZeropage = (ioctls & (1L << UserfaultfdConstants._UFFDIO_ZEROPAGE)) != 0;
            List<RegionPages> all = new ArrayList<>(List.of(regions));
            all.add(pages);
            regions = all.toArray(RegionPages[]::new);
            if (state == PagerState.COMPLETE) {
                state = PagerState.RUNNING;
                startBackground();
            }
        }
        return pages;
    }

    /**
     * Memory can be mapped where other memory was a moment ago, before the message of that comes: then it is read first,
     * or it would be taken for one of the new memory.
     */
    private void awaitUnmapping(RegionPages pages) {
        long deadline = System.nanoTime() + PATIENCE_AT_UNMAPPING.toNanos();
        RegionPages other = overlapping(pages);
        while (other != null && other.retired && isServing() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
            other = overlapping(pages);
        }
    }

    private @Nullable RegionPages overlapping(RegionPages pages) {
        for (RegionPages other : regions) {
            if (other.containsAddress(pages.start) || pages.containsAddress(other.start)) {
                return other;
            }
        }
        return null;
    }

    private static long modes(RegionPages pages) {
        return UserfaultfdConstants.UFFDIO_REGISTER_MODE_MISSING
                | (pages.isShared() ? UserfaultfdConstants.UFFDIO_REGISTER_MODE_MINOR : 0)
                | (pages.written != null ? UserfaultfdConstants.UFFDIO_REGISTER_MODE_WP : 0);
    }

    /** Allows memory to be unmapped, which is a failure otherwise. Its pages are provided until then. */
    void retire(long gpa) {
        RegionPages region = regionOfGpa(gpa);
        if (region == null) {
            throw new IllegalArgumentException("the pager has no memory at gpa 0x%x".formatted(gpa));
        }
        region.retired = true;
    }

    RegionPages[] regions() {
        return regions;
    }

    @Nullable
    RegionPages regionOfAddress(long address) {
        for (RegionPages region : regions) {
            if (region.containsAddress(address)) {
                return region;
            }
        }
        return null;
    }

    @Nullable
    RegionPages regionOfGpa(long gpa) {
        for (RegionPages region : regions) {
            if (region.containsGpa(gpa)) {
                return region;
            }
        }
        return null;
    }

    /** Notes a discard, before any fault that was read later is looked at. */
    void removed(long start, long end, UffdCalls calls) {
        for (RegionPages region : regions) {
            for (int page = region.firstPage(start); page < region.endPage(end); page++) {
                if (region.states.removed(page)) {
                    calls.wake(region.address(page), region.pageSize);
                }
            }
        }
    }

    /** Memory is gone, or another mapping is in its place: what the guest finds there is no longer ours to tell. */
    void unmapped(long start, long end, UffdCalls calls) {
        for (RegionPages region : regions) {
            boolean overlaps = start < region.start + region.size && region.start < end;
            if (overlaps && region.retired) {
                forget(region, start, end, calls);
            } else if (overlaps) {
                throw new PagingException(
                        "memory at 0x%x (gpa 0x%x) was unmapped or mapped over while its pages are provided"
                                .formatted(start, region.region.gpa()));
            }
        }
    }

    /** Has nobody touch pages any more, nor what belongs to them, once whoever unmaps them goes on. */
    private void forget(RegionPages region, long start, long end, UffdCalls calls) {
        for (int page = region.firstPage(start); page < region.endPage(end); page++) {
            if (region.states.gone(page)) {
                calls.wake(region.address(page), region.pageSize);
            }
        }
        if (region.states.areGone()) {
            remove(region);
        }
    }

    private void remove(RegionPages region) {
        synchronized (lock) {
            List<RegionPages> remaining = new ArrayList<>(List.of(regions));
            remaining.remove(region);
            regions = remaining.toArray(RegionPages[]::new);
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
        return unfinished();
    }

    private int unfinished() {
        int count = 0;
        for (RegionPages region : regions) {
            count += region.states.unfinished();
        }
        return count;
    }

    /** Returns whether all content is in place, and if it has just come to be, says so. */
    boolean completeIfFinished() {
        synchronized (lock) {
            if (state == PagerState.RUNNING && unfinished() == 0) {
                state = PagerState.COMPLETE;
                watch.call(options.listener()::complete);
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
        // Before anybody can see that the pager is paused, and resume with the same source.
        abort(lease.source, why);
        synchronized (lock) {
            if (state == PagerState.RUNNING) {
                state = PagerState.PAUSED;
                cause = why;
                // Under the lock as well: a resume must not come first.
                watch.call(options.guest()::pause);
                watch.call(() -> options.listener().sourceLost(why));
            }
        }
    }

    private static void abort(PageSource source, Throwable why) {
        try {
            source.abort();
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    void resume(PageSource source) {
        synchronized (lock) {
            if (state != PagerState.PAUSED) {
                throw new IllegalStateException(
                        "the pager is %s: only one that lost its source takes another".formatted(state));
            }
            state = PagerState.RUNNING;
            cause = null;
            sources.use(source);
            watch.call(options.guest()::resume);
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
                                    .formatted(lease.source.describe(), patienceNanos / 1_000_000),
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
        wakeUp.signal();
        stopGuest(why);
        PageSource source = sources.end();
        if (source != null) {
            abort(source, why);
        }
        watch.call(() -> options.listener().failed(why));
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

    private void stopGuest(Throwable why) {
        try {
            options.guest().stop();
        } catch (RuntimeException e) {
            why.addSuppressed(e);
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
        Worker worker = new Worker(Thread.currentThread().getName(), fd, gate, largestPage, largestPage, moves);
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

    /** Stops the guest if pages are still to come, then the threads, and then lets the memory go. */
    @Override
    public void close() {
        PagerState last;
        synchronized (lock) {
            boolean isFinished = isServing() && unfinished() == 0;
            last = isFinished ? PagerState.COMPLETE : state;
            isReleased |= isFinished;
            state = PagerState.CLOSED;
        }
        if (last == PagerState.RUNNING || last == PagerState.PAUSED) {
            options.guest().stop();
        }
        if (last == PagerState.COMPLETE) {
            disarm();
        }
        if (last != PagerState.CLOSED) {
            wakeUp.signal();
        }
        watch.call(() -> {});
        PageSource source = sources.end();
        if (source != null) {
            source.abort();
        }
        awaitThreads();
        uffd.close();
        wakeUp.close();
    }

    /** Ends a pager that could not be started. Nothing has relied on it yet. */
    void abandon() {
        synchronized (lock) {
            state = PagerState.FAILED;
        }
        close();
    }

    private void awaitThreads() {
        long deadline = System.nanoTime() + PATIENCE_AT_CLOSE.toNanos();
        boolean interrupted = Thread.interrupted();
        try {
            for (Running running : threads) {
                interrupted |= !end(running, deadline);
            }
            while (hasUrgentWork() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns false if the caller was interrupted meanwhile. */
    private static boolean end(Running running, long deadline) {
        if (running.mayBeInterrupted()) {
            running.thread.interrupt();
        }
        if (running.thread == Thread.currentThread() || running.isReplaced()) {
            return true;
        }
        try {
            running.thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
