package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.headers.snapshot.Constant;
import io.kvm4j.headers.snapshot.Header;
import io.kvm4j.headers.snapshot.RecordType;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.ConstantGroup;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.Stated;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        List<PackageSpec> valid = validated(packages);
        Map<String, Ownership> ownership = new HashMap<>();
        List<Bindings.BoundPackage> resolved = new ArrayList<>();
        for (PackageSpec spec : valid) {
            Snapshot snapshot = snapshotOf(spec).orElseThrow();
            Ownership owners = ownership.computeIfAbsent(
                    snapshot.headerSet() + " " + snapshot.architecture(),
                    _ -> new Ownership(snapshot, packagesOf(snapshot, valid)));
            resolved.add(resolve(spec, snapshot, owners));
        }
        return new Bindings(resolved);
    }

    private Optional<Snapshot> snapshotOf(PackageSpec spec) {
        return snapshots.of(spec.set().value(), spec.architecture().value());
    }

    private List<PackageSpec> packagesOf(Snapshot snapshot, List<PackageSpec> packages) {
        return packages.stream()
                .filter(p -> snapshots
                        .of(p.set().value(), snapshot.architecture())
                        .filter(s -> s.headerSet().equals(snapshot.headerSet()))
                        .isPresent())
                .filter(p -> !p.hasArchitecture() || p.architecture().value().equals(snapshot.architecture()))
                .toList();
    }

    private Bindings.BoundPackage resolve(PackageSpec spec, Snapshot snapshot, Ownership owners) {
        TypeTable types = TypeTable.of(snapshot, owners, spec);
        List<RecordType> records = snapshot.records().stream()
                .filter(r -> owners.ofRecord(r.name()).filter(spec::equals).isPresent())
                .toList();
        List<View> views = records.stream()
                .map(r -> ViewResolver.resolve(r, types, countOf(spec, r)))
                .toList();
        List<Constant> constants = snapshot.constants().stream()
                .filter(c -> owners.ofConstant(c).filter(spec::equals).isPresent())
                .toList();
        ClassName constantsType = ClassName.get(spec.packageName(), spec.constants());
        checkFlexibleArrays(spec, views);
        return new Bindings.BoundPackage(spec, snapshot, views, new ConstantGroup(constantsType, constants));
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
            Optional<Snapshot> snapshot = snapshotOf(spec);
            if (snapshot.isEmpty()) {
                reportNoSnapshot(spec);
                continue;
            }
            spec.headers().forEach(h -> checkHeader(spec, h, snapshot.get(), claims));
            spec.neutral().forEach(n -> StatedRecord.find(n, snapshot.get(), report));
            if (report.errors() == before) {
                valid.add(spec);
            }
        }
        return valid;
    }

    private void reportNoSnapshot(PackageSpec spec) {
        boolean isSet = snapshots.of(spec.set().value(), "").isEmpty();
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
        PackageSpec claimed = claims.putIfAbsent(
                snapshot.headerSet() + " " + spec.architecture().value() + " " + header.value(), spec);
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
