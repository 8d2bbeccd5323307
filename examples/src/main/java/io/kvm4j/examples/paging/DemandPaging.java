package io.kvm4j.examples.paging;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.VcpuLoopException;
import io.kvm4j.Vm;
import io.kvm4j.fault.DemandPager;
import io.kvm4j.fault.FaultStrategy;
import io.kvm4j.fault.PagedRegion;
import io.kvm4j.fault.PagingException;
import io.kvm4j.pages.PageSource;
import io.kvm4j.stats.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The experiment: vCPUs touch pages that are absent, each those of its own part of memory, as fast as they come. The guest
 * takes the times of its touches, and checks the content of all pages afterwards.
 */
public final class DemandPaging {
    private static final long LOOK_MILLIS = 200;

    private final Setup setup;
    private final TouchingGuest guest;
    private final FaultStrategy strategy;
    private final UnaryOperator<PageSource> between;
    private final LongConsumer progress;

    private DemandPaging(
            Setup setup, FaultStrategy strategy, UnaryOperator<PageSource> between, LongConsumer progress) {
        this.setup = setup;
        this.guest = new TouchingGuest(setup.vcpus(), setup.pagesEach());
        this.strategy = strategy;
        this.between = between;
        this.progress = progress;
    }

    /**
     * Runs it once.
     *
     * @param progress is told every now and then how many pages have come
     * @throws WrongContentException if the guest found something wrong
     * @throws PagingException if the kernel lacks what it takes, or pages could not be provided
     * @throws InterruptedException if the caller is interrupted
     */
    public static Outcome run(Kvm kvm, Setup setup, LongConsumer progress) throws InterruptedException, IOException {
        return run(kvm, setup, UnaryOperator.identity(), progress);
    }

    /**
     * Runs it once with a strategy of the caller's choice.
     *
     * @param setup what to measure; its mode is {@link Mode#UFFD} for {@link FaultStrategy.Userfaultfd}, else {@link Mode#EXIT}
     * @throws WrongContentException if the guest found something wrong
     * @throws PagingException if the kernel lacks the strategy, or pages could not be provided
     * @throws InterruptedException if the caller is interrupted
     */
    public static Outcome run(Kvm kvm, Setup setup, FaultStrategy strategy) throws InterruptedException, IOException {
        return new DemandPaging(setup, strategy, UnaryOperator.identity(), _ -> {}).run(kvm);
    }

    /**
     * Runs it once, with something between the source and the pager.
     *
     * @param between makes the source that the pager has
     */
    static Outcome run(Kvm kvm, Setup setup, UnaryOperator<PageSource> between, LongConsumer progress)
            throws InterruptedException, IOException {
        return new DemandPaging(setup, strategy(kvm, setup.mode()), between, progress).run(kvm);
    }

    /** Exits with an address where the kernel has any, runs that fail elsewhere. */
    private static FaultStrategy strategy(Kvm kvm, Mode mode) {
        if (mode != Mode.EXIT) {
            return new FaultStrategy.Userfaultfd();
        }
        return FaultStrategy.probe(kvm).stream()
                .filter(FaultStrategy.Finding::available)
                .map(FaultStrategy.Finding::strategy)
                .filter(FaultStrategy.MemoryFaultExits.class::isInstance)
                .findFirst()
                .orElseGet(FaultStrategy.FailingRuns::new);
    }

    private Outcome run(Kvm kvm) throws InterruptedException, IOException {
        try (Content content = new Content(guest.touchedBytes());
                Vm vm = kvm.createVm(0, strategy.variant());
                MemorySlot own = vm.addMemory(0, guest.ownBytes());
                MemorySlot touched = vm.addMemory(TouchingGuest.TOUCHED_MEMORY, guest.touchedBytes());
                DemandPager pager = provide(content, vm, touched)) {
            guest.writeTo(own);
            return measure(vm, own, pager);
        }
    }

    /** Puts the content in place, or has it put there when it is touched. */
    private @Nullable DemandPager provide(Content content, Vm vm, MemorySlot touched) throws IOException {
        if (setup.mode() == Mode.NONE) {
            content.copyTo(touched);
            return null;
        }
        DemandPager.Builder builder = DemandPager.builder(between.apply(content.source(setup.source(), setup.delay())))
                .guest(vm.threads())
                .readers(setup.readers());
        switch (strategy) {
            case FaultStrategy.Userfaultfd _ -> builder.region(PagedRegion.of(touched));
            case FaultStrategy.FailingRuns _ ->
                builder.region(PagedRegion.of(touched)).failingRuns();
            case FaultStrategy.MemoryFaultExits _ -> builder.slots(touched);
        }
        return builder.start();
    }

    private Outcome measure(Vm vm, MemorySlot own, @Nullable DemandPager pager) throws InterruptedException {
        Phaser phases = new Phaser(1);
        List<Toucher> touchers = touchers(vm, pager, phases);
        List<Statistics> statistics =
                touchers.stream().map(toucher -> Statistics.of(toucher.vcpu())).toList();
        touchers.forEach(Toucher::start);
        await(phases, phases.arrive(), pager);
        KernelCounters before = KernelCounters.read(statistics);
        long start = System.nanoTime();
        phases.awaitAdvance(phases.arrive());
        await(phases, phases.arrive(), pager);
        KernelCounters kernel = KernelCounters.read(statistics).since(before);
        phases.arriveAndDeregister();
        join(vm);
        long end = touchers.stream().mapToLong(Toucher::finished).max().orElseThrow();
        long faults = touchers.stream().mapToLong(Toucher::faults).sum();
        int kilohertz = touchers.getFirst().vcpu().x86().ioctls().getTscKhz();
        return new Outcome(
                setup,
                pager == null ? "all pages are there before the guest runs" : strategy.describe(),
                (end - start) / 1e9,
                Latencies.of(guest.ticks(own), kilohertz),
                pager == null
                        ? Counts.withoutPager(kernel)
                        : Counts.of(faults, pager.figures().total(), kernel));
    }

    private List<Toucher> touchers(Vm vm, @Nullable DemandPager pager, Phaser phases) {
        List<Toucher> touchers = new ArrayList<>();
        for (int id = 0; id < setup.vcpus(); id++) {
            Toucher toucher = new Toucher(vm.createVcpu(id), pager, phases);
            guest.prepare(toucher.vcpu());
            touchers.add(toucher);
        }
        return touchers;
    }

    /** Waits until all vCPUs are done, and throws what one of them threw. */
    private static void join(Vm vm) throws InterruptedException {
        try {
            vm.threads().join();
        } catch (VcpuLoopException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Waits for the end of a phase, unless the pager has no more pages to give. */
    private void await(Phaser phases, int phase, @Nullable DemandPager pager) throws InterruptedException {
        while (true) {
            try {
                phases.awaitAdvanceInterruptibly(phase, LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException _) {
                if (pager != null) {
                    requireServing(pager);
                    progress.accept(setup.pages() - pager.missingPages());
                }
            }
        }
    }

    private static void requireServing(DemandPager pager) {
        if (pager.state() == DemandPager.State.PAUSED || pager.state() == DemandPager.State.FAILED) {
            throw pager.cause() instanceof RuntimeException cause ? cause : new IllegalStateException(pager.cause());
        }
    }
}
