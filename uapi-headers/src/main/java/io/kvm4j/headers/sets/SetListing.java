package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A header set by its name, without its snapshots.
 *
 * @param name for example {@code linux-7.2}
 * @param architectures the names of those that it has snapshots of
 */
public record SetListing(String name, List<String> architectures) {
    public SetListing {
        architectures = List.copyOf(architectures);
    }

    /**
     * Lists the committed sets, the proposals, and then what else a clone holds.
     *
     * @param sets the directory of a clone that holds its sets; it may be missing
     */
    public static List<SetListing> all(Path sets) {
        return SnapshotSet.known(sets).stream()
                .map(name -> new SetListing(name, architectures(sets, name)))
                .filter(set -> !set.architectures().isEmpty())
                .toList();
    }

    private static List<String> architectures(Path sets, String name) {
        Path own = sets.resolve(name);
        return Architecture.ALL.stream()
                .filter(a -> Files.isDirectory(own)
                        ? Files.isRegularFile(own.resolve(a.name() + ".json"))
                        : CommittedSnapshots.exists(name, a))
                .map(Architecture::name)
                .toList();
    }
}
