package io.kvm4j.processor.resolve;

import io.kvm4j.headers.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The ABI snapshots of one compilation, one per architecture.
 *
 * @param all the snapshots, of which the first speaks for headers that are the same everywhere
 */
public record Snapshots(List<Snapshot> all) {
    public Snapshots {
        all = List.copyOf(all);
    }

    /** The snapshot for headers that belong to no architecture. */
    public Snapshot neutral() {
        return all.getFirst();
    }

    /** The snapshot of an architecture; the neutral one for the empty name. */
    public Optional<Snapshot> of(String architecture) {
        return all.stream()
                .filter(s -> architecture.isEmpty() || s.architecture().equals(architecture))
                .findFirst();
    }

    /** The architectures there are, for messages. */
    public String architectures() {
        return all.stream().map(Snapshot::architecture).collect(Collectors.joining(", "));
    }
}
