package io.kvm4j.processor.resolve;

import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.snapshot.ArgumentRecord;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.EmbeddedRecords;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides which package each declaration of a snapshot is generated into: the one that claims its header, but
 *
 * <ul>
 *   <li>what a neutral package claims and the architectures do not have in common goes to the package of the snapshot's
 *       architecture;
 *   <li>a record of a header that nobody claims goes with the record that embeds it;
 *   <li>the number of an ioctl goes with its argument, since it holds the argument's size.
 * </ul>
 */
final class Ownership {
    private final List<PackageSpec> packages;
    private final Predicate<Constant> isCommon;
    private final Map<String, PackageSpec> byHeader = new HashMap<>();
    private final Map<String, PackageSpec> byRecord = new HashMap<>();
    private final Map<String, String> arguments = new HashMap<>();

    /**
     * Decides for one snapshot.
     *
     * @param snapshot the snapshot
     * @param common the names of its records that all architectures have in common
     * @param isCommon tells the constants that all architectures have in common
     * @param packages the neutral packages, and those of the snapshot's architecture
     */
    Ownership(Snapshot snapshot, Set<String> common, Predicate<Constant> isCommon, List<PackageSpec> packages) {
        this.packages = packages;
        this.isCommon = isCommon;
        for (PackageSpec p : packages) {
            p.headers().forEach(h -> byHeader.putIfAbsent(h.value(), p));
        }
        snapshot.ioctls().forEach(i -> ArgumentRecord.of(i).ifPresent(record -> arguments.put(i.name(), record)));
        for (RecordType record : snapshot.records()) {
            declared(record.header())
                    .flatMap(p -> common.contains(record.name()) ? Optional.of(p) : architectural(p))
                    .ifPresent(p -> byRecord.put(record.name(), p));
        }
        while (spread(snapshot, common)) {
            // Each pass carries ownership one embedding further.
        }
    }

    /** The package of a record. */
    Optional<PackageSpec> ofRecord(String name) {
        return Optional.ofNullable(byRecord.get(name));
    }

    /** The package of a constant. */
    Optional<PackageSpec> ofConstant(Constant constant) {
        Optional<PackageSpec> argument = Optional.ofNullable(arguments.get(constant.name()))
                .flatMap(this::ofRecord)
                .filter(PackageSpec::hasArchitecture);
        return declared(constant.header())
                .flatMap(p -> argument.or(() -> isCommon.test(constant) ? Optional.of(p) : architectural(p)));
    }

    /** Whether a member must be opaque, since its record is generated elsewhere or nowhere. */
    boolean isOpaque(MemberType.Named type) {
        return !byRecord.containsKey(type.name());
    }

    private Optional<PackageSpec> declared(String header) {
        return Optional.ofNullable(byHeader.get(header));
    }

    /** The package of this architecture that belongs to another: one inside it if there is, else any. */
    private Optional<PackageSpec> architectural(PackageSpec other) {
        if (other.hasArchitecture()) {
            return Optional.of(other);
        }
        String inside = other.packageName() + ".";
        return packages.stream()
                .filter(PackageSpec::hasArchitecture)
                .min(Comparator.comparing(p -> !p.packageName().startsWith(inside)));
    }

    /** Gives records that nobody claims to those that embed them, to neutral ones first. */
    private boolean spread(Snapshot snapshot, Set<String> common) {
        return spread(snapshot, common, p -> !p.hasArchitecture())
                || spread(snapshot, common, PackageSpec::hasArchitecture);
    }

    private boolean spread(Snapshot snapshot, Set<String> common, Predicate<PackageSpec> embedding) {
        boolean changed = false;
        for (RecordType record : snapshot.records()) {
            Optional<PackageSpec> owner = ofRecord(record.name()).filter(embedding);
            if (owner.isEmpty()) {
                continue;
            }
            for (String embedded : EmbeddedRecords.of(record).toList()) {
                Optional<PackageSpec> place = common.contains(embedded) ? owner : architectural(owner.get());
                changed |= place.isPresent() && byRecord.putIfAbsent(embedded, place.get()) == null;
            }
        }
        return changed;
    }
}
