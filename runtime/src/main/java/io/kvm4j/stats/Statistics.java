package io.kvm4j.stats;

import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.VmPart;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Descriptor;
import io.kvm4j.uapi.KvmStats;
import io.kvm4j.uapi.KvmVmIoctls;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * What KVM counts of a VM or a vCPU: {@code KVM_GET_STATS_FD}. {@link #refresh} reads all values at once, each {@link
 * Statistic} tells its own as it was then.
 *
 * <pre>{@code
 * Statistics statistics = Statistics.of(vcpu);
 * Statistic exits = statistics.get("exits");
 * …
 * statistics.refresh();
 * exits.value();
 * }</pre>
 *
 * <p>The vCPU may run. One thread at a time may use an object; there can be several of one vCPU. What there is depends on
 * the kernel, and never changes while it runs.
 */
public final class Statistics extends VmPart {
    private final Descriptor descriptor;
    private final KvmStats stats;
    private final Map<String, Statistic> byName = new LinkedHashMap<>();

    private Statistics(Vm vm, Descriptor descriptor) {
        super(vm);
        this.descriptor = descriptor;
        this.stats = KvmStats.of(descriptor.fd());
        stats.stats().forEach(stat -> byName.put(stat.name(), new Statistic(stat, stats)));
    }

    /**
     * The statistics of a VM.
     *
     * @throws io.kvm4j.uapi.ErrnoException if the kernel lacks KVM_CAP_BINARY_STATS_FD
     */
    public static Statistics of(Vm vm) {
        return over(vm, vm.ask(KvmVmIoctls::getStatsFd));
    }

    /**
     * The statistics of a vCPU, which must not run at this moment, but may later. They close with its VM.
     *
     * @throws io.kvm4j.uapi.ErrnoException if the kernel lacks KVM_CAP_BINARY_STATS_FD
     * @throws IllegalStateException if another thread uses the vCPU, for one because it runs
     */
    public static Statistics of(Vcpu vcpu) {
        return over(vcpu.vm(), vcpu.exclusively(() -> vcpu.ioctls().getStatsFd()));
    }

    private static Statistics over(Vm vm, int fd) {
        Descriptor descriptor = Descriptor.owning(fd, "the descriptor of the statistics");
        try {
            Statistics statistics = new Statistics(vm, descriptor);
            statistics.begin(_ -> {});
            return statistics;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(descriptor::close).rethrow();
        }
    }

    /** What they are of, for example {@code kvm-1234} or {@code kvm-1234/vcpu-0}, with the number of the process. */
    public String id() {
        return stats.id();
    }

    /** Every statistic, in the kernel's order. */
    public Collection<Statistic> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Whether this kernel has a statistic. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /**
     * A statistic by its name, for example {@code exits}.
     *
     * @throws NoSuchElementException if this kernel has none of that name
     */
    public Statistic get(String name) {
        Statistic found = byName.get(name);
        if (found == null) {
            throw new NoSuchElementException(
                    "this kernel has no statistic \"%s\" of %s: there are %s".formatted(name, id(), byName.keySet()));
        }
        return found;
    }

    /**
     * Reads all values anew. Allocates nothing.
     *
     * @throws IllegalStateException if this is closed
     */
    public synchronized void refresh() {
        descriptor.fd();
        stats.refresh();
    }

    @Override
    protected synchronized void end(KvmVmIoctls ioctls) {
        descriptor.close();
    }
}
