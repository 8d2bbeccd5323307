package io.kvm4j.processor.resolve;

import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One header set as the packages of a compilation see it: what its architectures have in common is for the neutral
 * packages, the rest for those of the architectures. Where the set lacks an architecture that a package is for, the
 * snapshot of another set stands in.
 */
final class PlacedSet {
    private final List<PackageSpec> packages;
    private final Map<String, Snapshot> standIns = new HashMap<>();
    private final Map<String, Ownership> ownerships = new HashMap<>();
    private final CommonAbi common;
    private final Snapshot neutral;
    private final Snapshot neutralGroups;

    /**
     * Compares the set's snapshots: those of the architectures that packages are for, or all if there is no such package.
     *
     * @param set the name of the set, of which there is a snapshot
     * @param packages the packages that belong to it
     * @param snapshots all snapshots of the compilation
     */
    PlacedSet(String set, List<PackageSpec> packages, Snapshots snapshots) {
        this.packages = packages;
        this.common = compare(set, snapshots);
        architectures()
                .filter(a -> snapshots.of(set, a).isEmpty())
                .forEach(a -> snapshots.standIn(a).ifPresent(s -> standIns.put(a, s)));
        standIns.values().stream()
                .map(Snapshot::headerSet)
                .distinct()
                .forEach(other -> common.dropWhatDiffersIn(compare(other, snapshots)));
        this.neutral = common.asSnapshot();
        Set<String> claimed = headers(false);
        this.neutralGroups = common.asSnapshotWithAllNumbers(claimed::contains);
    }

    /** What a package is generated from. */
    Snapshot snapshotOf(PackageSpec spec) {
        return spec.hasArchitecture() ? snapshotOf(spec.architecture().value()) : neutral;
    }

    /** What the specs of a package are resolved against: groups of macros span the architectures. */
    Snapshot specSnapshotOf(PackageSpec spec) {
        return spec.hasArchitecture() ? snapshotOf(spec) : neutralGroups;
    }

    /** What specs that are in no package of this compilation are resolved against. */
    Snapshot neutralGroups() {
        return neutralGroups;
    }

    /** The snapshot of another set that stands in for a package's architecture. */
    Optional<Snapshot> standInFor(PackageSpec spec) {
        return Optional.ofNullable(standIns.get(spec.architecture().value()));
    }

    /** Which packages the declarations of a package's snapshot go to. */
    Ownership ownershipOf(PackageSpec spec) {
        return ownerships.computeIfAbsent(spec.architecture().value(), architecture -> {
            Snapshot snapshot = snapshotOf(spec);
            List<PackageSpec> candidates = packages.stream()
                    .filter(p ->
                            !p.hasArchitecture() || p.architecture().value().equals(architecture))
                    .toList();
            return new Ownership(snapshot, common.commonRecords(snapshot), common::isCommon, candidates);
        });
    }

    /** The neutral records that differ between architectures in more than what they embed. */
    boolean isAlike(String record) {
        return common.hasRecord(record);
    }

    private Snapshot snapshotOf(String architecture) {
        return Optional.ofNullable(standIns.get(architecture))
                .or(() -> common.snapshots().stream()
                        .filter(s -> s.architecture().equals(architecture))
                        .findFirst())
                .orElseThrow();
    }

    private CommonAbi compare(String set, Snapshots snapshots) {
        Set<String> wanted = architectures().collect(Collectors.toSet());
        List<Snapshot> all = snapshots.ofSet(set);
        List<Snapshot> bound =
                all.stream().filter(s -> wanted.contains(s.architecture())).toList();
        Set<String> architectural = headers(true);
        Set<String> kept = packages.stream()
                .flatMap(p -> p.neutral().stream())
                .map(Stated::value)
                .collect(Collectors.toSet());
        return new CommonAbi(bound.isEmpty() ? all : bound, architectural::contains, kept);
    }

    private Stream<String> architectures() {
        return packages.stream()
                .filter(PackageSpec::hasArchitecture)
                .map(p -> p.architecture().value())
                .distinct();
    }

    private Set<String> headers(boolean architectural) {
        return packages.stream()
                .filter(p -> p.hasArchitecture() == architectural)
                .flatMap(p -> p.headers().stream())
                .map(Stated::value)
                .collect(Collectors.toSet());
    }
}
