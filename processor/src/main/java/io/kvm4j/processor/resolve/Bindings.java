package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.model.ConstantGroup;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a compilation generates from headers as they are, package by package.
 *
 * @param packages the packages, those first whose names count first
 * @param snapshots all snapshots of the compilation
 * @param unbound the headers that a spec in no package of this compilation is resolved against
 * @param architecture the architecture that it is looked at from; empty for none
 */
public record Bindings(List<BoundPackage> packages, Snapshots snapshots, Snapshot unbound, String architecture) {
    public Bindings {
        packages = List.copyOf(packages);
    }

    /**
     * One package.
     *
     * @param spec what its annotations say
     * @param snapshot the headers that it is generated from
     * @param specSnapshot the headers that its specs are resolved against
     * @param views its records
     * @param constants its constants
     */
    public record BoundPackage(
            PackageSpec spec, Snapshot snapshot, Snapshot specSnapshot, List<View> views, ConstantGroup constants) {
        public BoundPackage {
            views = List.copyOf(views);
        }

        /** The same package with other views. */
        BoundPackage with(List<View> otherViews) {
            return new BoundPackage(spec, snapshot, specSnapshot, otherViews, constants);
        }
    }

    /**
     * The same packages as the specs of one of them see them: a name that several have is its own, else one of its
     * architecture or of none, else one of its header set.
     */
    public Bindings seenFrom(String packageName) {
        String viewer =
                named(packageName).map(p -> p.spec().architecture().value()).orElse("");
        String set = snapshotOf(packageName).headerSet();
        List<BoundPackage> sorted = packages.stream()
                .sorted(Comparator.<BoundPackage, Boolean>comparing(
                                p -> !p.spec().packageName().equals(packageName))
                        .thenComparing(p -> !isFor(p, viewer))
                        .thenComparing(p -> !p.snapshot().headerSet().equals(set)))
                .toList();
        return new Bindings(sorted, snapshots, unbound, viewer);
    }

    /** The same bindings with other packages. */
    Bindings with(List<BoundPackage> otherPackages) {
        return new Bindings(otherPackages, snapshots, unbound, architecture);
    }

    /** Where the declarations that a package is generated from come from. */
    public Provenance provenanceOf(String packageName) {
        return snapshots.provenanceOf(
                named(packageName).map(p -> p.spec().set().value()).orElse(""));
    }

    /** The headers that the specs of a package are resolved against. */
    public Snapshot snapshotOf(String packageName) {
        return named(packageName).map(BoundPackage::specSnapshot).orElse(unbound);
    }

    /** Finds the view of a record by its C name. */
    public Optional<View> view(String cName) {
        return packages.stream()
                .flatMap(p -> p.views().stream())
                .filter(v -> v.cName().equals(cName))
                .findFirst();
    }

    /** Finds a view by its Java name, simple or qualified, as an unresolved type mentions it. */
    public Optional<View> viewNamed(String javaName) {
        return packages.stream()
                .flatMap(p -> p.views().stream())
                .filter(v -> v.type().simpleName().equals(javaName)
                        || v.type().canonicalName().equals(javaName))
                .findFirst();
    }

    /** Finds the class that holds a constant, as it is on the architecture that this is looked at from. */
    public Optional<ClassName> constants(String constant) {
        return packages.stream()
                .filter(p -> isFor(p, architecture))
                .map(BoundPackage::constants)
                .filter(g -> g.constants().stream().anyMatch(c -> c.name().equals(constant)))
                .map(ConstantGroup::type)
                .findFirst();
    }

    /** Finds a package by its name. */
    public Optional<BoundPackage> named(String packageName) {
        return packages.stream()
                .filter(p -> p.spec().packageName().equals(packageName))
                .findFirst();
    }

    /** The architecture of the package that a type is generated into; empty if that is for all, or no such package. */
    String architectureOf(ClassName type) {
        return named(type.packageName())
                .map(p -> p.spec().architecture().value())
                .orElse("");
    }

    /** The architectures whose headers declare something, as a message lists them; empty if none do. */
    String architecturesWith(Predicate<Snapshot> declares) {
        return snapshots.all().stream()
                .filter(declares)
                .map(Snapshot::architecture)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** The architectures whose packages generate a view of a record, as a message lists them; empty if none do. */
    String architecturesOfView(String cName) {
        return packages.stream()
                .filter(p -> p.spec().hasArchitecture())
                .filter(p -> p.views().stream().anyMatch(v -> v.cName().equals(cName)))
                .map(p -> p.spec().architecture().value())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** The first declaration of a record in any headers of the compilation. */
    Optional<RecordType> recordNamed(String cName) {
        return snapshots.all().stream().flatMap(s -> s.record(cName).stream()).findFirst();
    }

    /**
     * The architectures that packages of a header set are for, sorted; only the empty one if no package is for any.
     *
     * @param set the name of the set, as packages name it
     */
    public List<String> architectures(String set) {
        List<String> bound = packages.stream()
                .map(BoundPackage::spec)
                .filter(p -> p.set().value().equals(set) && p.hasArchitecture())
                .map(p -> p.architecture().value())
                .distinct()
                .sorted()
                .toList();
        return bound.isEmpty() ? List.of("") : bound;
    }

    /** The headers of a set on one of its {@link #architectures}. */
    Optional<Snapshot> snapshotFor(String set, String architecture) {
        return packages.stream()
                .filter(p -> p.spec().set().value().equals(set)
                        && p.spec().architecture().value().equals(architecture))
                .map(BoundPackage::snapshot)
                .findFirst();
    }

    private static boolean isFor(BoundPackage p, String architecture) {
        return !p.spec().hasArchitecture() || p.spec().architecture().value().equals(architecture);
    }
}
