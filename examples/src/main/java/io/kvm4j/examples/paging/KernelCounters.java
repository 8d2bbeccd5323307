package io.kvm4j.examples.paging;

import io.kvm4j.stats.Statistics;
import java.util.List;

/**
 * What KVM counted, of all vCPUs.
 *
 * @param faultsTaken how often a guest's access found no mapping; -1 where the kernel does not count it
 * @param pagesMapped how often such an access was given its page; -1 where the kernel does not count it
 * @param mmioExits how often a vCPU came back since it accessed what is no memory
 */
public record KernelCounters(long faultsTaken, long pagesMapped, long mmioExits) {
    /** Reads what was counted so far. */
    static KernelCounters read(List<Statistics> vcpus) {
        vcpus.forEach(Statistics::refresh);
        return new KernelCounters(sum(vcpus, "pf_taken"), sum(vcpus, "pf_fixed"), sum(vcpus, "mmio_exits"));
    }

    private static long sum(List<Statistics> vcpus, String name) {
        return vcpus.getFirst().has(name)
                ? vcpus.stream().mapToLong(vcpu -> vcpu.get(name).value()).sum()
                : -1;
    }

    /** What was counted since, where it is counted at all. */
    KernelCounters since(KernelCounters before) {
        return new KernelCounters(
                since(faultsTaken, before.faultsTaken),
                since(pagesMapped, before.pagesMapped),
                since(mmioExits, before.mmioExits));
    }

    private static long since(long now, long before) {
        return now < 0 ? now : now - before;
    }
}
