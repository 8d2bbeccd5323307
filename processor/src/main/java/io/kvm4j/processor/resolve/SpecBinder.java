package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.ExitUnion;
import io.kvm4j.processor.spec.DescriptorSpec;
import io.kvm4j.processor.spec.ExitsSpec;
import io.kvm4j.processor.spec.Specs;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Binds fields to enums, exits to the arms that they select, and methods to the ioctls that they call. */
public final class SpecBinder {
    private final EnumsResolver enums;
    private final Bindings bindings;
    private final Elements elements;
    private final SpecNames names;
    private final Report report;

    public SpecBinder(EnumsResolver enums, Elements elements, SpecNames names, Report report) {
        this.enums = enums;
        this.bindings = enums.bindings();
        this.elements = elements;
        this.names = names;
        this.report = report;
    }

    /** Binds all specs; what cannot be bound is reported. */
    public BoundSpecs bind(Specs specs) {
        return new BoundSpecs(
                bindings,
                enums.enums(),
                specs.exits().stream().flatMap(e -> bind(e).stream()).toList(),
                specs.descriptors().stream().flatMap(d -> bind(d).stream()).toList());
    }

    private Optional<ExitUnion> bind(ExitsSpec spec) {
        TypeElement element = spec.reasons().element();
        String place = packageOf(element);
        return new ExitResolver(bindings.seenFrom(place), bindings.snapshotOf(place), names, report)
                .resolve(spec, enums.holders(spec));
    }

    private Optional<BoundSpecs.Ioctls> bind(DescriptorSpec spec) {
        String place = packageOf(spec.element());
        Bindings seen = bindings.seenFrom(place);
        return new DescriptorResolver(seen, bindings.snapshotOf(place), elements, report)
                .resolve(spec)
                .map(descriptor -> new BoundSpecs.Ioctls(descriptor, seen));
    }

    private String packageOf(Element element) {
        return elements.getPackageOf(element).getQualifiedName().toString();
    }
}
