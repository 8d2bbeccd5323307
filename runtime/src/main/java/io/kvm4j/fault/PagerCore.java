package io.kvm4j.fault;

import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.events.EventFd;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Mapping;
import io.kvm4j.userfaultfd.UffdCalls;
import io.kvm4j.userfaultfd.Userfaultfd;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The parts of a pager, put together. It owns the userfaultfd, the memory's registration and the threads. */
final class PagerCore implements AutoCloseable {
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(10);
    private static final Duration PATIENCE_AT_UNMAPPING = Duration.ofSeconds(1);
    private static final long PAUSE_NANOS = 20_000;
    private static final int MESSAGES_OF_ONE_READER = 16;

    final PagerOptions options;
    final Userfaultfd uffd;
    final PagedMemory memory;
    final PagerLifecycle lifecycle;
    final FaultContexts contexts;
    final CallerFaults callerFaults;
    final WriteProtection protection;

    private final EventFd wakeUp;
    private final DiscardGate gate = new DiscardGate();
    private final PageFetcher fetcher;
    private final FaultReader.Pager readersPager;
    private final @Nullable FaultReports reports;
    private final BlockingQueue<Runnable> watchCalls = new LinkedBlockingQueue<>();
    private final List<FaultReader> readers = new CopyOnWriteArrayList<>();
    private final PagerThreads threads = new PagerThreads();
    private final AtomicInteger readerCount = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** The thread that closes it. */
    private volatile @Nullable Thread closer;

    PagerCore(PagerOptions options, Userfaultfd uffd, EventFd wakeUp) {
        this.options = options;
        this.uffd = uffd;
        this.wakeUp = wakeUp;
        this.reports = reports(options);
        this.memory = new PagedMemory(uffd);
        CurrentSource source = new CurrentSource(options.source());
        this.lifecycle = new PagerLifecycle(options, memory, source, wakeUp, watchCalls);
        this.contexts = new FaultContexts(uffd.fd(), gate, largestPage(options), options.moves());
        PlacementMethod.Copy copy = new PlacementMethod.Copy();
        PageInstaller installer =
                new PageInstaller(gate, lifecycle, options.moves() ? new PlacementMethod.Move(copy) : copy);
        this.fetcher = new PageFetcher(gate, source, lifecycle, installer, options.poisonsLostPages());
        PageResolver resolver = new PageResolver(gate, lifecycle, fetcher);
        this.callerFaults = new CallerFaults(lifecycle, resolver);
        this.protection = new WriteProtection(gate, lifecycle);
        this.readersPager = new FaultReader.Pager(
                uffd.fd(),
                wakeUp.fd(),
                options.readers() == 1 ? MESSAGES_OF_ONE_READER : 1,
                lifecycle,
                contexts,
                gate,
                memory,
                resolver,
                protection);
    }

    private static int largestPage(PagerOptions options) {
        return options.memory().stream().mapToInt(PagedRegion::pageSize).max().orElse(Mapping.PAGE_SIZE);
    }

    private static @Nullable FaultReports reports(PagerOptions options) {
        return options.strategy() instanceof FaultStrategy.MemoryFaultExits exits
                ? new FaultReports(Objects.requireNonNull(options.vm()), exits.variant())
                : null;
    }

    /** Registers the memory, then starts the threads. */
    void start() {
        for (PagedRegion region : options.regions()) {
            add(region);
        }
        for (MemorySlot slot : options.slots()) {
            add(slot);
        }
        PagerWatch watch = new PagerWatch(
                lifecycle, contexts, new UffdCalls(uffd.fd()), watchCalls, this::replaceReader, options.patience());
        threads.start("pager-watch", watch);
        for (int i = 0; i < options.readers(); i++) {
            start(new FaultReader(readersPager, "reader " + i, new FaultQueue()));
        }
        startBackground();
    }

    private void startBackground() {
        if (options.background()) {
            threads.start(
                    "pager-background", new BackgroundStream(lifecycle, memory, fetcher, contexts, options.chunk()));
        }
    }

    private void start(FaultReader reader) {
        readers.add(reader);
        threads.start("pager-reader-" + readerCount.getAndIncrement(), reader);
    }

    private void replaceReader(FaultContext stuck) {
        for (FaultReader reader : readers) {
            if (reader.context() == stuck) {
                start(reader.replacement());
            }
        }
    }

    /** Provides the pages of a slot's memory, and has its faults reported as the strategy wants them. */
    void add(MemorySlot slot) {
        RegionPages pages = add(region(slot));
        if (reports != null) {
            try {
                reports.arm(slot, pages);
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
        lifecycle.add(pages, this::startBackground);
        return pages;
    }

    /**
     * Memory can be mapped where other memory was a moment ago, before the message of that comes: then it is read first,
     * or it would be taken for one of the new memory.
     */
    private void awaitUnmapping(RegionPages pages) {
        long deadline = System.nanoTime() + PATIENCE_AT_UNMAPPING.toNanos();
        RegionPages other = memory.overlapping(pages);
        while (other != null && other.retired && lifecycle.isServing() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
            other = memory.overlapping(pages);
        }
    }

    /** A page can be seen a moment before its install returns and is noted. */
    int missingPages() {
        gate.awaitInstalls();
        return memory.unfinished();
    }

    /**
     * Stops the guest if pages are still to come, then the threads, and then lets the memory go: all of it, whatever fails.
     */
    @Override
    public void close() {
        DemandPager.State last = lifecycle.close();
        if (last == DemandPager.State.CLOSED) {
            awaitClosed();
        } else {
            end(last);
        }
    }

    /** Ends a pager that could not be started. */
    void abandon() {
        lifecycle.abandon();
        end(DemandPager.State.COMPLETE);
    }

    private void end(DemandPager.State last) {
        closer = Thread.currentThread();
        Cleanup cleanup = new Cleanup();
        if (last == DemandPager.State.COMPLETE) {
            endReports(cleanup);
        } else if (!lifecycle.isGuestStopped()) {
            cleanup.run(lifecycle::stopGuest);
        }
        long deadline = System.nanoTime() + PATIENCE_AT_CLOSE.toNanos();
        watchCalls.add(() -> {});
        cleanup.run(lifecycle::abortSource)
                .run(() -> threads.awaitEnd(wakeUp::signal, deadline))
                .run(() -> awaitWork(deadline))
                .run(uffd::close)
                .run(wakeUp::close)
                .run(closed::countDown)
                .finish();
    }

    /** Has KVM fault pages in by itself again. A guest for which that fails cannot go on, and is stopped. */
    private void endReports(Cleanup cleanup) {
        for (RegionPages region : memory.regions()) {
            MemorySlot slot = region.slot;
            if (reports != null && slot != null && !region.retired) {
                cleanup.run(() -> reports.disarm(slot));
            }
        }
        if (cleanup.failure() != null) {
            cleanup.run(lifecycle::stopGuest);
        }
    }

    private void awaitWork(long deadline) {
        while (contexts.hasUrgentWork() && System.nanoTime() < deadline) {
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
