package io.kvm4j.processor.write;

import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.model.BoundHeaders;
import io.kvm4j.processor.model.Descriptor;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.ExitUnion;
import io.kvm4j.processor.resolve.Bindings;
import io.kvm4j.processor.resolve.BoundSpecs;
import io.kvm4j.processor.spec.PackageSpec;
import io.kvm4j.processor.spec.Specs;
import io.kvm4j.processor.spec.Stated;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.util.Elements;

/** Writes what specs generate. */
public final class BoundSpecsWriter {
    private final SourceFiles files;
    private final Elements elements;
    private final Bindings bindings;

    private BoundSpecsWriter(SourceFiles files, Elements elements, Bindings bindings) {
        this.files = files;
        this.elements = elements;
        this.bindings = bindings;
    }

    /**
     * Writes all types, package by package, then enums, exits and ioctls.
     *
     * @param taken the names of the types that are being compiled
     */
    public static void write(Specs specs, BoundSpecs bound, Set<String> taken, SourceFiles files, Elements elements) {
        BoundSpecsWriter writer = new BoundSpecsWriter(files, elements, bound.bindings());
        bound.bindings().packages().forEach(p -> writer.addPackage(p, specs));
        bound.enums().forEach(writer::addEnum);
        bound.exits().forEach(writer::addExits);
        bound.ioctls().forEach(writer::addIoctls);
        files.writeAll(taken);
    }

    private void addPackage(Bindings.BoundPackage p, Specs specs) {
        PackageSpec spec = p.spec();
        Provenance provenance = bindings.provenanceOf(spec.packageName());
        p.views()
                .forEach(v ->
                        files.add(spec.packageName(), ViewWriter.write(v, provenance), spec.element(), p.snapshot()));
        files.add(
                spec.packageName(),
                ConstantsWriter.write(p.constants(), boundHeaders(p), specs.plainOf(spec), provenance),
                spec.element(),
                p.snapshot());
    }

    private BoundHeaders boundHeaders(Bindings.BoundPackage p) {
        PackageSpec spec = p.spec();
        List<String> all = bindings.architectures(spec.set().value());
        return new BoundHeaders(
                p.snapshot().headerSet(),
                List.of(p.snapshot().architecture().split(", ", -1)),
                spec.headers().stream().map(Stated::value).toList(),
                !spec.hasArchitecture(),
                spec.unclaimed().stream()
                        .map(e -> new BoundHeaders.Excuse(
                                e.requests().stream().map(Stated::value).toList(),
                                e.reason(),
                                spec.architecturesOf(e, all).stream()
                                        .filter(a -> !a.isEmpty())
                                        .toList()))
                        .toList());
    }

    private void addEnum(EnumType type) {
        switch (type) {
            case EnumType.Values values -> add(ValueEnumWriter.write(values), values.origin());
            case EnumType.Flags flags -> FlagEnumWriter.write(flags).forEach(t -> add(t, flags.origin()));
        }
    }

    private void addExits(ExitUnion union) {
        add(ExitWriter.write(union), union.origin());
        add(DecoderWriter.write(union), union.origin());
        add(ValueEnumWriter.write(union.reasons()), union.origin());
    }

    private void addIoctls(BoundSpecs.Ioctls ioctls) {
        Descriptor descriptor = ioctls.descriptor();
        add(DescriptorWriter.write(descriptor, ioctls.seen()), descriptor.origin());
    }

    private void add(TypeSpec.Builder type, Element origin) {
        String place = elements.getPackageOf(origin).getQualifiedName().toString();
        files.add(place, type, origin, bindings.snapshotOf(place));
    }
}
