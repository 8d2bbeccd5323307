package io.kvm4j.processor.resolve;

import io.kvm4j.processor.completion.CompletedSet;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.snapshot.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The ABI snapshots of one compilation, one per header set and architecture.
 *
 * @param all the snapshots; the first one's set is the one that packages belong to unless they name another
 * @param provenance where the declarations of that set come from
 */
public record Snapshots(List<Snapshot> all, Provenance provenance) {
    public Snapshots {
        all = List.copyOf(all);
    }

    /** The snapshots after the first one's set was completed. */
    public Snapshots(CompletedSet completed) {
        this(completed.snapshots(), completed.provenance());
    }

    /** Where the declarations of a header set come from, as packages name it: empty for the set that is completed. */
    Provenance provenanceOf(String set) {
        return set.isEmpty() ? provenance : Provenance.SAME;
    }

    /** The name of the header set that packages belong to unless they name another. */
    public String headerSet() {
        return all.getFirst().headerSet();
    }

    /** All snapshots of a header set, each architecture once, by architecture. */
    List<Snapshot> ofSet(String set) {
        Map<String, Snapshot> byArchitecture = new TreeMap<>();
        all.stream()
                .filter(s -> s.headerSet().equals(set))
                .forEach(s -> byArchitecture.putIfAbsent(s.architecture(), s));
        return List.copyOf(byArchitecture.values());
    }

    /** The snapshot of a header set for an architecture. */
    Optional<Snapshot> of(String set, String architecture) {
        return all.stream()
                .filter(s -> s.headerSet().equals(set) && s.architecture().equals(architecture))
                .findFirst();
    }

    /** The first snapshot of an architecture, of whichever set: it stands in where a set lacks the architecture. */
    Optional<Snapshot> standIn(String architecture) {
        return all.stream().filter(s -> s.architecture().equals(architecture)).findFirst();
    }

    /** The snapshots there are, for messages. */
    String names() {
        return all.stream().map(s -> s.headerSet() + " for " + s.architecture()).collect(Collectors.joining(", "));
    }
}
