package io.kvm4j.examples.paging;

import io.kvm4j.uapi.KvmStat;
import io.kvm4j.uapi.KvmStats;
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
    static KernelCounters read(List<KvmStats> vcpus) {
        vcpus.forEach(KvmStats::refresh);
        return new KernelCounters(sum(vcpus, "pf_taken"), sum(vcpus, "pf_fixed"), sum(vcpus, "mmio_exits"));
    }

    private static long sum(List<KvmStats> vcpus, String name) {
        long sum = 0;
        for (KvmStats stats : vcpus) {
            KvmStat stat = stats.find(name).orElse(null);
            if (stat == null) {
                return -1;
            }
            sum += stats.value(stat);
        }
        return sum;
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
