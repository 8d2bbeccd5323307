package io.kvm4j.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.pages.PageSource;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A pager over anonymous memory at gpa 0, and threads that touch it. */
final class Rig implements AutoCloseable {
    final RecordingGuest guest = new RecordingGuest();
    final MemorySegment memory;
    final DemandPager pager;

    Rig(int pages, PageSource source) {
        this(HostMemory.anonymous(pages), source, b -> b);
    }

    Rig(int pages, PageSource source, UnaryOperator<DemandPager.Builder> options) {
        this(HostMemory.anonymous(pages), source, options);
    }

    Rig(MemorySegment memory, PageSource source, UnaryOperator<DemandPager.Builder> options) {
        this(PagedRegion.of(0, memory), source, options);
    }

    Rig(PagedRegion region, PageSource source, UnaryOperator<DemandPager.Builder> options) {
        this.memory = region.memory();
        this.pager = options.apply(DemandPager.builder(source).guest(guest).region(region))
                .start();
    }

    long address(int page) {
        return memory.address() + (long) page * HostMemory.PAGE;
    }

    static long gpa(int page) {
        return (long) page * HostMemory.PAGE;
    }

    /** Has another thread read a page. */
    FutureTask<byte[]> touch(int page) {
        return start(() -> HostMemory.read(memory, page));
    }

    static <T> FutureTask<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().name("toucher").daemon().start(future);
        return future;
    }

    static <T> T get(FutureTask<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    void awaitState(DemandPager.State state) throws InterruptedException {
        awaitState(pager, state);
    }

    static void awaitState(DemandPager pager, DemandPager.State state) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (pager.state() != state && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        assertEquals(state, pager.state(), () -> "cause: " + pager.cause());
    }

    /** Has another thread close a pager. */
    static FutureTask<?> closing(AutoCloseable pager) {
        return start(() -> {
            pager.close();
            return null;
        });
    }

    /** Waits for a count: whoever waited for a page may be ahead of who counts it. */
    static void awaitPages(DemandPager pager, long expected) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (pager.figures().total().pages() < expected && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        assertEquals(expected, pager.figures().total().pages(), () -> "" + pager.figures());
    }

    /** Closes the pager, and leaves the memory to those who may still touch it. */
    @Override
    public void close() {
        pager.close();
    }
}
