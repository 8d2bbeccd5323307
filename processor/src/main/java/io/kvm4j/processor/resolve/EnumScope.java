package io.kvm4j.processor.resolve;

import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.resolve.Bindings.BoundPackage;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the enums of one package can be made of and be held by. They see the structs of their own architecture and of
 * none, those of a package without an architecture the structs of each; the view of a struct knows only the enums of its
 * own package and of packages without an architecture.
 */
public final class EnumScope {
    private final Bindings bindings;
    private final Optional<BoundPackage> own;
    private final Snapshot snapshot;
    private final boolean complete;

    /**
     * The scope of a package.
     *
     * @param packageName its name
     * @param complete whether no package was left out for being wrong, so that what is missing is missing in fact
     */
    EnumScope(Bindings bindings, String packageName, boolean complete) {
        this.bindings = bindings.seenFrom(packageName);
        this.own = bindings.named(packageName);
        this.snapshot = bindings.snapshotOf(packageName);
        this.complete = complete;
    }

    /** The constants to choose from. */
    List<Constant> constants() {
        return snapshot.constants();
    }

    /** Where these come from. */
    Provenance provenance() {
        return bindings.snapshots().provenanceOf(set());
    }

    /** The views of a struct: one, or where each architecture has its own and the enum is for all, one of each. */
    List<View> views(String cName) {
        List<BoundPackage> declaring = ofSameSet()
                .filter(p -> !isForeign(p))
                .filter(p -> view(p, cName).isPresent())
                .toList();
        boolean isForAll = own.filter(o -> !o.spec().hasArchitecture()).isPresent();
        return declaring.stream()
                .limit(isForAll && declaring.stream().allMatch(p -> p.spec().hasArchitecture()) ? Long.MAX_VALUE : 1)
                .map(p -> view(p, cName).orElseThrow())
                .toList();
    }

    /** Reports that there is no view of a struct, unless that is because of what was reported before. */
    void reportMissing(Stated<String> path, String cName, Report report) {
        Optional<RecordType> declared = StatedRecord.find(new Stated<>(cName, path.site()), snapshot, bindings, report);
        if (complete) {
            declared.ifPresent(r -> report.add(Code.RECORD_NOT_HERE, path.site(), r.cType()));
        }
    }

    /** Whether a view may have accessors of the type of one of this scope's enums. */
    boolean isKnownTo(View view) {
        String viewPackage = view.type().packageName();
        return own.isEmpty()
                || !own.get().spec().hasArchitecture()
                || own.get().spec().packageName().equals(viewPackage);
    }

    /** The ioctls of the headers. */
    List<Ioctl> ioctls() {
        return snapshot.ioctls();
    }

    /** Whether an enum of this scope and one of another could be mistaken for each other. */
    boolean overlaps(EnumScope other) {
        return set().equals(other.set())
                && (architecture().isEmpty()
                        || other.architecture().isEmpty()
                        || architecture().equals(other.architecture()));
    }

    private Stream<BoundPackage> ofSameSet() {
        return bindings.packages().stream().filter(p -> p.spec().set().value().equals(set()));
    }

    private boolean isForeign(BoundPackage p) {
        return p.spec().hasArchitecture()
                && !architecture().isEmpty()
                && !p.spec().architecture().value().equals(architecture());
    }

    private String set() {
        return own.map(p -> p.spec().set().value()).orElse("");
    }

    private String architecture() {
        return own.map(p -> p.spec().architecture().value()).orElse("");
    }

    private static Optional<View> view(BoundPackage p, String cName) {
        return p.views().stream().filter(v -> v.cName().equals(cName)).findFirst();
    }
}
