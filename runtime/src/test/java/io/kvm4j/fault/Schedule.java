package io.kvm4j.fault;

import io.kvm4j.pages.PageSource;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A pager under random load: vCPUs that touch, write and discard memory, which itself comes and goes; a source that is
 * slow, fails and stalls; and an end in order, in the middle, or because the pager fails. What is done follows from a
 * seed; when it is done, from the machine.
 */
final class Schedule {
    private static final int VCPUS = 3;
    private static final int STEPS = 70;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final Duration PATIENCE = Duration.ofMillis(25);

    /** One of so many sources is memory of this process. */
    private static final int SOURCES_PER_MEMORY = 4;

    /** For memory that is added last, it may be too short. */
    private static final MemorySegment CONTENT = Pattern.memory(1024);

    /** How it ends. */
    private enum End {
        IN_ORDER,
        CLOSED_IN_BETWEEN,
        FAILS
    }

    private final long seed;
    private final Random dice;
    private final End end;
    private final int steps = VCPUS * STEPS;
    private final int stepsToEnd;
    private final boolean background;
    private final ModelMemory memory;
    private final PausableGuest guest = new PausableGuest();
    private final AtomicInteger failuresLeft;
    private final int failEvery;
    private final boolean resumesAtOnce;
    private final DemandPager pager;
    private final AtomicInteger done = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<ScheduledVcpu> vcpus = new ArrayList<>();
    private int sources;
    private @Nullable FickleSource source;

    private Schedule(long seed) {
        this.seed = seed;
        this.dice = new Random(seed);
        int roll = dice.nextInt(10);
        this.end = roll < 7 ? End.IN_ORDER : roll < 9 ? End.CLOSED_IN_BETWEEN : End.FAILS;
        this.stepsToEnd = end == End.IN_ORDER ? Integer.MAX_VALUE : steps - 10 + dice.nextInt(10);
        this.background = dice.nextBoolean();
        this.memory = new ModelMemory(dice.nextInt(3) == 0);
        this.failuresLeft = new AtomicInteger(dice.nextInt(6));
        this.failEvery = 3 + dice.nextInt(10);
        this.resumesAtOnce = dice.nextBoolean();
        this.pager = start();
    }

    private DemandPager start() {
        DemandPager.Builder builder = DemandPager.builder(nextSource())
                .guest(guest)
                .region(memory.first().paged)
                .readers(1 + dice.nextInt(3))
                .background(background)
                .chunk((1 + dice.nextInt(8)) * HostMemory.PAGE)
                .patience(PATIENCE);
        boolean canMove = (UserfaultfdAccess.features() & UserfaultfdConstants.UFFD_FEATURE_MOVE) != 0;
        if (!memory.first().isShared() && canMove && dice.nextInt(4) == 0) {
            builder.movePages();
        }
        return builder.start();
    }

    private PageSource nextSource() {
        if (dice.nextInt(SOURCES_PER_MEMORY) == 0) {
            source = null;
            return PageSource.memory(CONTENT, 0);
        }
        source = new FickleSource(seed + 1_000_003L * sources++, failEvery, failuresLeft);
        return source;
    }

    /**
     * Runs a schedule to its end.
     *
     * @throws AssertionError if the guest saw memory that is wrong, or waits for ever
     */
    static void run(long seed) throws InterruptedException {
        Schedule schedule = new Schedule(seed);
        try {
            schedule.run();
        } catch (Throwable t) {
            // The memory stays: its vCPUs may be touching it.
            throw new AssertionError("schedule %d: %s".formatted(seed, t.getMessage()), t);
        } finally {
            schedule.pager.close();
        }
        schedule.memory.unmap();
    }

    private void run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < VCPUS; i++) {
            ScheduledVcpu vcpu = new ScheduledVcpu(memory, pager, guest, seed * VCPUS + i);
            vcpus.add(vcpu);
            threads.add(start(() -> live(vcpu)));
        }
        operate(threads);
        switch (end) {
            case IN_ORDER -> {
                failuresLeft.set(0);
                operate(List.of(start(this::checkAll)));
                finish();
            }
            case CLOSED_IN_BETWEEN -> pager.close();
            case FAILS -> {
                unmapUnannounced();
                await(() -> pager.state() == DemandPager.State.FAILED && guest.isStopped(), "it does not fail");
                pager.close();
            }
        }
        join(threads);
        requireLastAborted();
        checkTouched();
    }

    /** Takes memory away from under the pager, which cannot vouch for what the guest sees from then on. */
    private void unmapUnannounced() {
        MemorySegment bait = HostMemory.anonymous(1);
        pager.add(PagedRegion.of(1L << 40, bait));
        HostMemory.unmap(bait);
    }

    private void await(BooleanSupplier condition, String otherwise) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(otherwise + ": " + describe());
            }
            Thread.sleep(1);
        }
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(DEADLINE_NANOS))) {
                throw new AssertionError("vCPUs do not end: " + describe());
            }
        }
        throwFirst();
    }

    private void live(ScheduledVcpu vcpu) {
        try {
            for (int i = 0; i < STEPS && failures.isEmpty() && vcpu.step(); i++) {
                done.incrementAndGet();
            }
        } catch (Throwable t) {
            failures.add(t);
        }
    }

    private static Thread start(Runnable task) {
        return Thread.ofPlatform().name("scheduled").daemon().start(task);
    }

    /** Gives the pager another source whenever it has lost one, until the threads have ended, or the guest is to be. */
    private void operate(List<Thread> threads) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (threads.stream().anyMatch(Thread::isAlive) && failures.isEmpty()) {
            if (pager.state() == DemandPager.State.PAUSED) {
                resume();
            } else if (done.get() >= stepsToEnd) {
                return;
            } else if (System.nanoTime() > deadline) {
                throw new AssertionError("it hangs: " + describe());
            } else {
                threads.getFirst().join(Duration.ofMillis(1));
            }
        }
        throwFirst();
    }

    private void resume() throws InterruptedException {
        if (!resumesAtOnce) {
            // Whoever sees that the pager is paused may be ahead of the guest's pause, but not for long.
            await(guest::isPaused, "the guest runs on without a source");
            Thread.sleep(dice.nextInt(4));
        }
        requireLastAborted();
        pager.resume(nextSource());
    }

    private void requireLastAborted() {
        if (source != null && !source.isAborted()) {
            throw new AssertionError("a source was neither used nor aborted: " + describe());
        }
    }

    private void throwFirst() {
        Throwable first = failures.peek();
        if (first != null) {
            throw new AssertionError(first.getMessage(), first);
        }
    }

    private String describe() {
        return "%s, %s, guest paused %s, vCPUs %s, %s"
                .formatted(
                        pager.state(),
                        pager.cause(),
                        guest.isPaused(),
                        vcpus.stream().map(ScheduledVcpu::doing).toList(),
                        pager.figures());
    }

    private void checkAll() {
        try {
            ScheduledVcpu last = new ScheduledVcpu(memory, pager, guest, seed);
            for (ModelRegion region : memory.regions()) {
                for (int page = 0; page < region.pages.length; page++) {
                    last.check(region, page);
                }
            }
        } catch (Throwable t) {
            failures.add(t);
        }
    }

    /**
     * All pages have come: so the pager must say, as far as it was there, and the guest must run until it is closed and
     * after.
     */
    private void finish() throws InterruptedException {
        if (pager.missingPages() > memory.putInPlaceByOthers.get()) {
            throw new AssertionError("%d pages are missing that were read".formatted(pager.missingPages()));
        }
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (background && pager.state() != DemandPager.State.COMPLETE) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it never completes: " + describe());
            }
            if (pager.state() == DemandPager.State.PAUSED) {
                resume();
            }
            Thread.sleep(1);
        }
        boolean isComplete = pager.missingPages() == 0;
        pager.close();
        if (isComplete && guest.isStopped()) {
            throw new AssertionError("the guest was stopped though all its pages had come");
        }
        await(() -> !guest.isPaused(), "the guest stays paused");
    }

    /** What was in place stays in place when the pager is gone. */
    private void checkTouched() {
        for (ModelRegion region : memory.regions()) {
            for (int page = 0; page < region.pages.length; page++) {
                ModelPage model = region.pages[page];
                byte[] seen = HostMemory.read(region.memory, page);
                if (model.isTouched() && !Arrays.equals(model.latest(), seen)) {
                    throw new AssertionError("the page at gpa 0x%x is wrong in the end: %s"
                            .formatted(region.gpa(page), model.describe(seen, model.settled())));
                }
            }
        }
    }
}
