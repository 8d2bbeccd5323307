package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.program.IoReason;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotFormatException;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The snapshots of a header set, one for each of some architectures.
 *
 * @param name the name of the set
 * @param snapshots in the order of {@link Architecture#ALL}
 */
public record SnapshotSet(String name, List<Snapshot> snapshots) {

    public SnapshotSet {
        snapshots = List.copyOf(snapshots);
    }

    /**
     * Reads a set.
     *
     * @param nameOrPath the name of a set in a clone or in this module, or else a snapshot file, or a directory of them
     * @param sets the directory of a clone that holds its sets; it may lack the set, or not be there
     * @throws HeadersException with {@link Problem#UNKNOWN_SET} if there is no such set, or with
     *     {@link Problem#SNAPSHOT_BROKEN} if a file is no snapshot
     */
    public static SnapshotSet read(String nameOrPath, Path sets) {
        Path path = Path.of(nameOrPath);
        if (HeaderSet.isName(nameOrPath)) {
            Path own = sets.resolve(nameOrPath);
            SnapshotSet set = Files.isDirectory(own) ? new SnapshotSet(nameOrPath, readAll(own)) : carried(nameOrPath);
            if (!set.snapshots().isEmpty()) {
                return set;
            }
        }
        List<Snapshot> snapshots = Files.isDirectory(path)
                ? readAll(path)
                : Files.exists(path) ? List.of(read(path)) : List.<Snapshot>of();
        if (snapshots.isEmpty()) {
            throw new HeadersException(
                    Problem.UNKNOWN_SET,
                    "'" + nameOrPath + "' is no header set, no snapshot file and no directory of them; "
                            + "./kvm4j uapi regenerate makes sets, and known are "
                            + String.join(", ", known(sets)));
        }
        return new SnapshotSet(nameOf(snapshots), snapshots);
    }

    private static String nameOf(List<Snapshot> snapshots) {
        return String.join(
                ", ", snapshots.stream().map(Snapshot::headerSet).distinct().toList());
    }

    private static SnapshotSet carried(String name) {
        return new SnapshotSet(
                name,
                Architecture.ALL.stream()
                        .flatMap(architecture -> CommittedSnapshots.find(name, architecture).stream())
                        .toList());
    }

    /** The names of all sets: the committed ones, the proposals, and then what else a clone holds. */
    static List<String> known(Path sets) {
        List<String> known = new ArrayList<>(
                HeaderSet.COMMITTED.stream().map(HeaderSet::name).toList());
        known.addAll(Proposal.ALL.stream().map(Proposal::set).toList());
        files(sets).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> !known.contains(name))
                .forEach(known::add);
        return known;
    }

    private static List<Snapshot> readAll(Path directory) {
        List<Snapshot> snapshots = new ArrayList<>();
        for (Path file : files(directory)) {
            if (file.toString().endsWith(".json")) {
                snapshots.add(read(file));
            }
        }
        List<Snapshot> sorted = new ArrayList<>();
        for (Architecture architecture : Architecture.ALL) {
            List<Snapshot> own = snapshots.stream()
                    .filter(snapshot -> snapshot.architecture().equals(architecture.name()))
                    .toList();
            if (own.size() > 1) {
                throw new HeadersException(
                        Problem.SNAPSHOT_BROKEN,
                        directory + " holds " + own.size() + " snapshots for " + architecture.name()
                                + ": name the file that you mean");
            }
            sorted.addAll(own);
        }
        return sorted;
    }

    private static List<Path> files(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static Snapshot read(Path file) {
        try {
            return SnapshotJson.read(file);
        } catch (SnapshotFormatException e) {
            throw new HeadersException(
                    Problem.SNAPSHOT_BROKEN,
                    e.getMessage() + "; this is no whole snapshot: ./kvm4j uapi regenerate makes it anew",
                    e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static HeadersException unreadable(Path path, IOException cause) {
        return new HeadersException(Problem.ENVIRONMENT, "cannot read " + path + ": " + IoReason.of(cause), cause);
    }

    /** The names of the architectures. */
    public List<String> architectures() {
        return snapshots.stream().map(Snapshot::architecture).toList();
    }

    /**
     * The snapshot for an architecture.
     *
     * @throws HeadersException with {@link Problem#UNKNOWN_ARCHITECTURE} if the set has none
     */
    public Snapshot snapshot(String architecture) {
        return snapshots.stream()
                .filter(snapshot -> snapshot.architecture().equals(architecture))
                .findFirst()
                .orElseThrow(() -> new HeadersException(
                        Problem.UNKNOWN_ARCHITECTURE,
                        name + " has no snapshot for '" + architecture + "'; it has "
                                + String.join(", ", architectures())));
    }
}
