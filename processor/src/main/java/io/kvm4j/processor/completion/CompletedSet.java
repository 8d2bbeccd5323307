package io.kvm4j.processor.completion;

import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The snapshots of a compilation after the first one's header set was completed.
 *
 * @param snapshots all snapshots, in their order
 * @param provenance where the declarations of the completed set come from
 */
public record CompletedSet(List<Snapshot> snapshots, Provenance provenance) {
    public CompletedSet {
        snapshots = List.copyOf(snapshots);
    }

    /**
     * Completes the header set of the first snapshot, on each architecture, unless it is the one that the specs were
     * written for.
     *
     * @param snapshots the snapshots of the compilation, at least one
     * @param specs those that the specs were written for, of one header set; empty if nobody says
     */
    public static CompletedSet of(List<Snapshot> snapshots, List<Snapshot> specs) {
        String set = snapshots.getFirst().headerSet();
        if (specs.isEmpty() || specs.getFirst().headerSet().equals(set)) {
            return new CompletedSet(snapshots, Provenance.SAME);
        }
        List<Snapshot> own = new ArrayList<>();
        List<Snapshot> completed = new ArrayList<>();
        List<Snapshot> all = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            Optional<Snapshot> known = specs.stream()
                    .filter(s -> snapshot.headerSet().equals(set))
                    .filter(s -> s.architecture().equals(snapshot.architecture()))
                    .findFirst();
            Snapshot whole = known.map(k -> new SnapshotCompletion(snapshot, k).complete())
                    .orElse(snapshot);
            if (known.isPresent()) {
                own.add(snapshot);
                completed.add(whole);
            }
            all.add(whole);
        }
        return own.isEmpty()
                ? new CompletedSet(snapshots, Provenance.SAME)
                : new CompletedSet(all, Provenance.of(own, completed, specs));
    }
}
