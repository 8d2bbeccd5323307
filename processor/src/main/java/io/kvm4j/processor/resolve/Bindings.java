package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.model.ConstantGroup;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.spec.PackageSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a compilation generates from headers as they are, package by package.
 *
 * @param packages the packages
 */
public record Bindings(List<BoundPackage> packages) {
    public Bindings {
        packages = List.copyOf(packages);
    }

    /**
     * One package.
     *
     * @param spec what its annotations say
     * @param snapshot the headers that it is generated from
     * @param views its records
     * @param constants its constants
     */
    public record BoundPackage(PackageSpec spec, Snapshot snapshot, List<View> views, ConstantGroup constants) {
        public BoundPackage {
            views = List.copyOf(views);
        }
    }

    /** The same packages, those of a header set first: a name that several sets have is then that set's. */
    public Bindings preferring(String headerSet) {
        return new Bindings(packages.stream()
                .sorted(Comparator.comparing(
                        (BoundPackage p) -> !p.snapshot().headerSet().equals(headerSet)))
                .toList());
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

    /** Finds the class that holds a constant. */
    public Optional<ClassName> constants(String constant) {
        return packages.stream()
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
}
