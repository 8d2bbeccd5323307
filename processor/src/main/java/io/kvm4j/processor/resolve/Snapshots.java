package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The ABI snapshots of one compilation, one per header set and architecture.
 *
 * @param all the snapshots; the first one's set is the one that packages belong to unless they name another
 */
public record Snapshots(List<Snapshot> all) {
    public Snapshots {
        all = List.copyOf(all);
    }

    /** The first snapshot, for what belongs to no package. */
    public Snapshot neutral() {
        return all.getFirst();
    }

    /**
     * The snapshot of a header set for an architecture.
     *
     * @param set the name of the set; empty for that of the neutral snapshot
     * @param architecture the name of the architecture; empty for any
     */
    public Optional<Snapshot> of(String set, String architecture) {
        String wanted = set.isEmpty() ? neutral().headerSet() : set;
        return all.stream()
                .filter(s -> s.headerSet().equals(wanted))
                .filter(s -> architecture.isEmpty() || s.architecture().equals(architecture))
                .findFirst();
    }

    /** The snapshots there are, for messages. */
    public String names() {
        return all.stream().map(s -> s.headerSet() + " for " + s.architecture()).collect(Collectors.joining(", "));
    }
}
