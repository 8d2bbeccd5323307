package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.diagnostics.Site;
import java.util.Optional;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** What a spec interface says by its name and its documentation. */
public final class SpecNames {
    private static final String SUFFIX = "Spec";

    private final Elements elements;
    private final Report report;

    public SpecNames(Elements elements, Report report) {
        this.elements = elements;
        this.report = report;
    }

    /** The type that {@code <Name>Spec} generates. */
    Optional<ClassName> generated(TypeElement spec) {
        Optional<ClassName> type = named(spec);
        if (type.isEmpty()) {
            report.add(Code.SPEC_NAME, Site.of(spec), spec.getSimpleName());
        }
        type.ifPresent(t -> TypeNames.require(t.simpleName(), Site.of(spec), report));
        return type;
    }

    /** Reports what is wrong with the name of a spec. */
    public void check(TypeElement spec) {
        generated(spec);
    }

    /** Does what {@link #generated} does, without a report. */
    Optional<ClassName> named(TypeElement spec) {
        String name = spec.getSimpleName().toString();
        if (!name.endsWith(SUFFIX) || name.equals(SUFFIX)) {
            return Optional.empty();
        }
        String packageName = elements.getPackageOf(spec).getQualifiedName().toString();
        return Optional.of(ClassName.get(packageName, name.substring(0, name.length() - SUFFIX.length())));
    }

    /** The documentation of the spec, which becomes that of the type; a neutral sentence if it has none. */
    String documentation(TypeElement spec) {
        String comment = elements.getDocComment(spec);
        return comment == null
                ? "Generated from {@code %s}.".formatted(spec.getSimpleName())
                : comment.stripTrailing().stripIndent().strip();
    }
}
