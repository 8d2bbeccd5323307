package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.spec.EnumSpec;
import io.kvm4j.processor.spec.ExitsSpec;
import io.kvm4j.processor.spec.PlainSpec;
import io.kvm4j.processor.spec.Specs;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Ioctl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.util.Elements;

/** Resolves all enums of a compilation, and gives the views whose fields hold them accessors of their types. */
public final class EnumsResolver {
    private static final EnumType.Holders NOTHING = new EnumType.Holders(List.of(), List.of(), "");

    private final Bindings bindings;
    private final Elements elements;
    private final SpecNames names;
    private final Report report;
    private final boolean complete;
    private final EnumBinder binder;

    /**
     * Resolves enums against bindings.
     *
     * @param complete whether the bindings have all packages of the compilation, and not just those that are right
     */
    public EnumsResolver(Bindings bindings, boolean complete, Elements elements, SpecNames names, Report report) {
        this.bindings = bindings;
        this.elements = elements;
        this.names = names;
        this.report = report;
        this.complete = complete;
        this.binder = new EnumBinder(report);
    }

    /** Resolves the enums of specs, and reports those that cannot be. */
    public void resolve(Specs specs) {
        specs.enums().forEach(this::add);
        specs.exits().forEach(this::add);
    }

    private void add(EnumSpec spec) {
        EnumScope scope = scope(spec.group().element());
        new EnumResolver(scope, bindings, names, report)
                .resolve(spec)
                .ifPresent(type -> binder.add(
                        new ResolvedEnum(type, scope, spec.group().prefix().site())));
    }

    /** Resolves the field that holds the reasons of exits, if the spec names one. The exits resolve the reasons. */
    private void add(ExitsSpec spec) {
        EnumScope scope = scope(spec.reasons().element());
        new EnumResolver(scope, bindings, names, report)
                .reasons(spec)
                .ifPresent(type ->
                        binder.add(new ResolvedEnum(type, scope, spec.field().site())));
    }

    /** The enums that can be written, those of exit reasons left out. */
    public List<EnumType> enums() {
        return binder.enums().stream()
                .map(ResolvedEnum::type)
                .filter(t -> !t.constants().isEmpty())
                .toList();
    }

    /** The bindings, with typed accessors. */
    public Bindings bindings() {
        return binder.bind(bindings);
    }

    /** What holds the reasons of exits. */
    public EnumType.Holders holders(ExitsSpec spec) {
        return binder.enums().stream()
                .map(ResolvedEnum::type)
                .filter(t -> t.origin().equals(spec.reasons().element()))
                .map(EnumType::holders)
                .findFirst()
                .orElse(NOTHING);
    }

    private EnumScope scope(Element element) {
        return new EnumScope(bindings, packageName(element), complete);
    }

    /**
     * Compares the constants of each package that has a list of plain ones with that list.
     *
     * @param exits the enums of exit reasons
     */
    public void checkPlain(Specs specs, List<EnumType.Values> exits) {
        Set<String> ioctls = bindings.snapshots().all().stream()
                .flatMap(s -> s.ioctls().stream())
                .map(Ioctl::name)
                .collect(Collectors.toSet());
        for (Bindings.BoundPackage p : bindings.packages()) {
            List<PlainSpec.Group> groups = specs.plainOf(p.spec());
            if (!groups.isEmpty()) {
                new PlainCheck(p, ioctls, enumOfEach(p, exits), report).check(groups);
            }
        }
    }

    private Map<String, String> enumOfEach(Bindings.BoundPackage p, List<EnumType.Values> exits) {
        EnumScope seen = scope(p.spec().element());
        Map<String, String> enums = new HashMap<>();
        binder.enums().stream().filter(e -> e.scope().overlaps(seen)).forEach(e -> put(enums, e.type()));
        exits.stream().filter(e -> scope(e.origin()).overlaps(seen)).forEach(e -> put(enums, e));
        return enums;
    }

    private static void put(Map<String, String> enums, EnumType type) {
        type.constants().stream()
                .map(Constant::name)
                .forEach(c -> enums.put(c, type.type().simpleName()));
    }

    private String packageName(Element element) {
        return elements.getPackageOf(element).getQualifiedName().toString();
    }

    /** Checks that the enums which ioctls take by value have methods that take them. */
    public void checkArguments(TypedMethods methods) {
        for (ResolvedEnum e : binder.enums()) {
            e.type().holders().arguments().forEach(request -> methods.require(request, e, report));
        }
    }
}
