package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.ConstantGroup;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Resolves what packages generate from headers as they are: views and constants. */
public final class BindingsResolver {
    private final Snapshots snapshots;
    private final Report report;

    public BindingsResolver(Snapshots snapshots, Report report) {
        this.snapshots = snapshots;
        this.report = report;
    }

    /** Resolves all packages of a compilation together, since records of one may embed those of another. */
    public Bindings resolve(List<PackageSpec> packages) {
        Map<String, List<PackageSpec>> bySet = new LinkedHashMap<>();
        bySet.put(snapshots.headerSet(), new ArrayList<>());
        validated(packages)
                .forEach(p ->
                        bySet.computeIfAbsent(setOf(p), _ -> new ArrayList<>()).add(p));
        List<Bindings.BoundPackage> resolved = new ArrayList<>();
        Map<String, PlacedSet> sets = new HashMap<>();
        bySet.forEach((set, members) -> {
            PlacedSet placed = new PlacedSet(set, members, snapshots);
            sets.put(set, placed);
            members.forEach(spec -> resolved.add(resolve(spec, placed)));
        });
        Snapshot unbound =
                Objects.requireNonNull(sets.get(snapshots.headerSet())).neutralGroups();
        return new Bindings(resolved, snapshots, unbound, "");
    }

    private String setOf(PackageSpec spec) {
        return spec.set().value().isEmpty() ? snapshots.headerSet() : spec.set().value();
    }

    /** A snapshot with the headers of a package; another set's may stand in unless the package names its set. */
    private Optional<Snapshot> anySnapshotOf(PackageSpec spec) {
        String architecture = spec.architecture().value();
        if (!spec.hasArchitecture()) {
            return snapshots.ofSet(setOf(spec)).stream().findFirst();
        }
        return snapshots
                .of(setOf(spec), architecture)
                .or(() -> spec.set().value().isEmpty() ? snapshots.standIn(architecture) : Optional.empty());
    }

    private Bindings.BoundPackage resolve(PackageSpec spec, PlacedSet placed) {
        Snapshot snapshot = placed.snapshotOf(spec);
        Ownership owners = placed.ownershipOf(spec);
        TypeTable types = TypeTable.of(snapshot, owners);
        List<View> views = snapshot.records().stream()
                .filter(r -> owners.ofRecord(r.name()).filter(spec::equals).isPresent())
                .map(r -> ViewResolver.resolve(r, types, countOf(spec, r)))
                .toList();
        List<Constant> constants = snapshot.constants().stream()
                .filter(c -> owners.ofConstant(c).filter(spec::equals).isPresent())
                .toList();
        ClassName constantsType =
                ClassName.get(spec.packageName(), spec.constants().value());
        checkFlexibleArrays(spec, views);
        reportPlacement(spec, placed);
        return new Bindings.BoundPackage(
                spec, snapshot, placed.specSnapshotOf(spec), views, new ConstantGroup(constantsType, constants));
    }

    private void reportPlacement(PackageSpec spec, PlacedSet placed) {
        for (Stated<String> record : spec.neutral()) {
            if (!placed.isAlike(record.value())) {
                report.add(Code.NEUTRAL_DIFFERS, record.site(), record.value());
            }
        }
        placed.standInFor(spec)
                .ifPresent(other -> report.add(
                        Code.STAND_IN,
                        spec.architecture().site(),
                        snapshots.headerSet(),
                        spec.architecture().value(),
                        spec.packageName(),
                        other.headerSet()));
    }

    private static Optional<String> countOf(PackageSpec spec, RecordType record) {
        return spec.flexibleArrays().stream()
                .filter(f -> f.struct().value().equals(record.name()))
                .map(f -> f.count().value())
                .findFirst();
    }

    private List<PackageSpec> validated(List<PackageSpec> packages) {
        Map<String, PackageSpec> claims = new HashMap<>();
        List<PackageSpec> valid = new ArrayList<>();
        for (PackageSpec spec : packages) {
            int before = report.errors();
            Optional<Snapshot> snapshot = anySnapshotOf(spec);
            if (snapshot.isEmpty()) {
                reportNoSnapshot(spec);
                continue;
            }
            spec.headers().forEach(h -> checkHeader(spec, h, snapshot.get(), claims));
            TypeNames.require(spec.constants(), report);
            spec.neutral().forEach(n -> StatedRecord.find(n, snapshot.get(), report));
            if (report.errors() == before) {
                valid.add(spec);
            }
        }
        return valid;
    }

    private void reportNoSnapshot(PackageSpec spec) {
        boolean isSet = snapshots.ofSet(setOf(spec)).isEmpty();
        Stated<String> missing = isSet ? spec.set() : spec.architecture();
        report.add(Code.NO_SNAPSHOT, missing.site(), missing.value(), snapshots.names());
    }

    private void checkHeader(
            PackageSpec spec, Stated<String> header, Snapshot snapshot, Map<String, PackageSpec> claims) {
        List<String> known = snapshot.headers().stream().map(Header::path).toList();
        if (!known.contains(header.value())) {
            report.add(Code.UNKNOWN_HEADER, header.site(), header.value(), NearestName.hint(header.value(), known));
            return;
        }
        PackageSpec claimed =
                claims.putIfAbsent(setOf(spec) + " " + spec.architecture().value() + " " + header.value(), spec);
        if (claimed != null) {
            report.add(Code.HEADER_CLAIMED_TWICE, header.site(), header.value(), claimed.packageName());
        }
    }

    private static boolean counts(View view, String member) {
        return view.fields().stream()
                .anyMatch(f -> f instanceof Field.Numeric && f.cName().equals(member));
    }

    private void checkFlexibleArrays(PackageSpec spec, List<View> views) {
        for (PackageSpec.FlexibleArrayCount f : spec.flexibleArrays()) {
            String struct = f.struct().value();
            Optional<View> view =
                    views.stream().filter(v -> v.cName().equals(struct)).findFirst();
            if (view.isEmpty()) {
                report.add(
                        Code.UNKNOWN_RECORD,
                        f.struct().site(),
                        struct,
                        NearestName.hint(struct, views.stream().map(View::cName)));
            } else if (view.get().flexibleArray().isEmpty()) {
                report.add(Code.NO_FLEXIBLE_ARRAY, f.struct().site(), struct);
            } else if (!counts(view.get(), f.count().value())) {
                report.add(
                        Code.UNKNOWN_MEMBER,
                        f.count().site(),
                        struct,
                        f.count().value(),
                        NearestName.hint(
                                f.count().value(), view.get().fields().stream().map(Field::cName)));
            }
        }
    }
}
