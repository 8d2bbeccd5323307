package io.kvm4j.examples;

import io.kvm4j.uapi.ExitReason;
import io.kvm4j.uapi.KvmExit;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** How often vCPUs came back, by reason. For one thread. */
public final class ExitCounts {
    private final Map<ExitReason, Integer> counts = new TreeMap<>(Comparator.comparingInt(ExitReason::number));

    /** Makes counts that are all 0. */
    public ExitCounts() {}

    /** Counts an exit and returns it. */
    public KvmExit count(KvmExit exit) {
        counts.merge(exit.reason(), 1, Integer::sum);
        return exit;
    }

    /** Adds other counts to these. */
    public void add(ExitCounts other) {
        other.counts.forEach((reason, count) -> counts.merge(reason, count, Integer::sum));
    }

    /** The counts that are not 0, in the order of the reasons' numbers. */
    public Map<ExitReason, Integer> byReason() {
        return Collections.unmodifiableMap(counts);
    }
}
