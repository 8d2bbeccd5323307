package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.spec.Specs;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.util.Elements;

/** Checks what only all specs together show: ioctls and constants that none has, and enums that no method takes. */
public final class SpecChecks {
    private final EnumsResolver enums;
    private final Elements elements;
    private final Report report;

    public SpecChecks(EnumsResolver enums, Elements elements, Report report) {
        this.enums = enums;
        this.elements = elements;
        this.report = report;
    }

    /** Checks all specs. */
    public void check(Specs specs, BoundSpecs bound) {
        UnclaimedIoctls.check(bound.bindings(), claims(specs, bound.bindings()), report);
        enums.checkArguments(new TypedMethods(specs.descriptors()));
        enums.checkPlain(specs, bound.reasons());
    }

    private Set<UnclaimedIoctls.Claim> claims(Specs specs, Bindings bindings) {
        return specs.descriptors().stream()
                .flatMap(d -> d.ioctls().stream()
                        .map(i -> UnclaimedIoctls.Claim.of(
                                bindings.named(packageOf(d.element())).map(Bindings.BoundPackage::spec),
                                i.request().value())))
                .collect(Collectors.toSet());
    }

    private String packageOf(Element element) {
        return elements.getPackageOf(element).getQualifiedName().toString();
    }
}
