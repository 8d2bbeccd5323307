package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.ExitUnion;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.JavaLang;
import io.kvm4j.processor.model.Names;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.spec.ExitsSpec;
import io.kvm4j.processor.spec.Stated;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordKind;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.TypeElement;

/** Resolves the exits of one spec: which reasons there are, and which arm each selects. */
public final class ExitResolver {
    private final Bindings bindings;
    private final Snapshot snapshot;
    private final SpecNames names;
    private final Report report;

    public ExitResolver(Bindings bindings, Snapshot snapshot, SpecNames names, Report report) {
        this.bindings = bindings;
        this.snapshot = snapshot;
        this.names = names;
        this.report = report;
    }

    /**
     * Resolves the exits, or reports why they cannot be.
     *
     * @param reasonHolders what holds the reasons
     */
    public Optional<ExitUnion> resolve(ExitsSpec spec, EnumType.Holders reasonHolders) {
        int before = report.errors();
        TypeElement element = spec.reasons().element();
        Optional<ClassName> type = names.generated(element);
        Provenance provenance =
                bindings.provenanceOf(type.map(ClassName::packageName).orElse(""));
        List<Constant> reasons =
                MacroGroup.resolve(spec.reasons(), snapshot.constants(), ForeignMacros.NUMBERS, provenance, report);
        MacroGroup.requireInts(reasons, spec.reasons(), report);
        TypeNames.require(spec.reasonEnum(), report);
        spec.families().forEach(f -> TypeNames.require(f.name(), report));
        checkReasons(spec, reasons, provenance);
        Optional<View> struct = struct(spec.struct());
        Map<String, String> families = families(spec, reasons);
        if (type.isEmpty() || struct.isEmpty()) {
            return Optional.empty();
        }
        List<ExitUnion.Exit> exits = exits(spec, type.get(), reasons, struct.get(), families);
        checkUnread(spec, exits);
        if (report.errors() != before) {
            return Optional.empty();
        }
        ClassName reasonType = type.get().peerClass(spec.reasonEnum().value());
        String reasonDoc = "Why {@link %s} came about: the number in the header, and its name."
                .formatted(type.get().simpleName());
        return Optional.of(new ExitUnion(
                type.get(),
                element,
                names.documentation(element),
                new EnumType.Values(reasonType, element, reasonDoc, reasons, reasonHolders, Optional.empty()),
                struct.get(),
                bindings.constants(reasons.getFirst().name()),
                exits,
                populated(spec, type.get(), families),
                new ExitUnion.Selection(
                        spec.reasons().prefix().value(),
                        spec.reasons().except().stream().map(Stated::value).toList(),
                        spec.unread().stream().map(Stated::value).toList())));
    }

    private Optional<View> struct(Stated<String> name) {
        Optional<RecordType> record = StatedRecord.find(name, snapshot, bindings, report);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Optional<View> view = bindings.view(name.value());
        if (view.isEmpty()) {
            report.add(Code.RECORD_NOT_HERE, name.site(), record.get().cType());
        }
        return view;
    }

    /** A reason that was left out, since the headers have another of its number, is one nevertheless. */
    private void checkReasons(ExitsSpec spec, List<Constant> reasons, Provenance provenance) {
        Set<String> known = reasons.stream().map(Constant::name).collect(Collectors.toSet());
        List<Stated<String>> mentioned = new ArrayList<>();
        spec.exits().forEach(e -> mentioned.add(e.reason()));
        spec.families().forEach(f -> mentioned.addAll(f.reasons()));
        for (Stated<String> reason : mentioned) {
            if (!known.contains(reason.value()) && !provenance.added().contains(reason.value())) {
                report.add(Code.NOT_A_REASON, reason.site(), reason.value(), NearestName.hint(reason.value(), known));
            }
        }
    }

    /** The family of each reason that has one. */
    private Map<String, String> families(ExitsSpec spec, List<Constant> reasons) {
        Map<String, String> families = new HashMap<>();
        for (ExitsSpec.Family family : spec.families()) {
            Set<String> named = family.reasons().stream().map(Stated::value).collect(Collectors.toSet());
            String prefix = family.prefix().value();
            for (Constant reason : reasons) {
                boolean belongs = named.contains(reason.name())
                        || (!prefix.isEmpty() && reason.name().startsWith(prefix));
                String other = belongs
                        ? families.putIfAbsent(reason.name(), family.name().value())
                        : null;
                if (other != null) {
                    report.add(Code.TWO_FAMILIES, family.name().site(), reason.name(), other);
                }
            }
        }
        return families;
    }

    private static List<ExitUnion.Family> populated(ExitsSpec spec, ClassName type, Map<String, String> families) {
        return spec.families().stream()
                .map(f -> f.name().value())
                .filter(families::containsValue)
                .map(name ->
                        new ExitUnion.Family(type.nestedClass(name), "The exits that only %s raises.".formatted(name)))
                .toList();
    }

    private List<ExitUnion.Exit> exits(
            ExitsSpec spec, ClassName type, List<Constant> reasons, View struct, Map<String, String> families) {
        Set<String> taken = new HashSet<>(Set.of(type.simpleName(), "Unrecognized"));
        spec.families().forEach(f -> taken.add(f.name().value()));
        List<ExitUnion.Exit> exits = new ArrayList<>();
        for (Constant reason : reasons) {
            Optional<ExitsSpec.Single> single = spec.exits().stream()
                    .filter(e -> e.reason().value().equals(reason.name()))
                    .findFirst();
            String name = name(spec, reason, single);
            String family = families.get(reason.name());
            exits.add(new ExitUnion.Exit(
                    type.nestedClass(Names.unique(name, taken)),
                    reason,
                    family == null ? type : type.nestedClass(family),
                    arm(spec, reason, single, struct),
                    also(single, struct),
                    single.flatMap(ExitsSpec.Single::offers)));
        }
        return exits;
    }

    /** The name that the spec gives an exit, or else one derived from the reason's macro. */
    private String name(ExitsSpec spec, Constant reason, Optional<ExitsSpec.Single> single) {
        Optional<Stated<String>> stated =
                single.map(ExitsSpec.Single::type).filter(t -> !t.value().isEmpty());
        if (stated.isPresent()) {
            TypeNames.require(stated.get(), report);
            return stated.get().value();
        }
        String derived = Names.macro(reason.name(), spec.reasons().prefix().value());
        if (!JavaLang.isHiddenBy(derived)) {
            return derived;
        }
        String renamed = derived + "Exit";
        report.add(Code.EXIT_RENAMED, spec.reasons().prefix().site(), reason.name(), renamed, derived);
        return renamed;
    }

    private ExitUnion.Arm arm(ExitsSpec spec, Constant reason, Optional<ExitsSpec.Single> single, View struct) {
        Set<String> arms = arms(struct.cName());
        Optional<Stated<String>> stated =
                single.map(ExitsSpec.Single::arm).filter(a -> !a.value().isEmpty());
        String prefix = spec.reasons().prefix().value();
        String name = stated.map(Stated::value)
                .orElseGet(() -> reason.name().substring(prefix.length()).toLowerCase(Locale.ROOT));
        Optional<ExitUnion.Arm> arm = struct.fields().stream()
                .filter(f -> f.cName().equals(name) && arms.contains(name))
                .flatMap(f -> arm(f, struct).stream())
                .findFirst();
        if (stated.isPresent() && arm.isEmpty()) {
            report.add(Code.UNKNOWN_ARM, stated.get().site(), struct.cName(), name, NearestName.hint(name, arms));
        }
        return arm.orElseGet(ExitUnion.Arm.None::new);
    }

    private List<ExitUnion.Arm.Struct> also(Optional<ExitsSpec.Single> single, View struct) {
        List<ExitUnion.Arm.Struct> also = new ArrayList<>();
        for (Stated<String> name : single.map(ExitsSpec.Single::also).orElse(List.of())) {
            Set<String> arms = arms(struct.cName());
            Optional<ExitUnion.Arm> arm = struct.fields().stream()
                    .filter(f -> f.cName().equals(name.value()) && arms.contains(name.value()))
                    .flatMap(f -> arm(f, struct).stream())
                    .findFirst();
            if (arm.isPresent() && arm.get() instanceof ExitUnion.Arm.Struct view) {
                also.add(view);
            } else {
                report.add(
                        Code.UNKNOWN_ARM,
                        name.site(),
                        struct.cName(),
                        name.value(),
                        NearestName.hint(name.value(), arms));
            }
        }
        return also;
    }

    /** Finds arms that no exit reads and nobody excused, and excuses that are none. */
    private void checkUnread(ExitsSpec spec, List<ExitUnion.Exit> exits) {
        Set<String> arms = new TreeSet<>(arms(spec.struct().value()));
        for (Stated<String> unread : spec.unread()) {
            if (!arms.contains(unread.value())) {
                report.add(
                        Code.UNKNOWN_ARM,
                        unread.site(),
                        spec.struct().value(),
                        unread.value(),
                        NearestName.hint(unread.value(), arms));
            }
            exits.stream()
                    .filter(e -> e.arms().contains(unread.value()))
                    .findFirst()
                    .ifPresent(e -> report.add(
                            Code.ARM_READ,
                            unread.site(),
                            unread.value(),
                            e.reason().name()));
        }
        spec.unread().forEach(u -> arms.remove(u.value()));
        exits.forEach(e -> arms.removeAll(e.arms()));
        arms.forEach(arm -> report.add(
                Code.ARM_WITHOUT_EXIT, spec.struct().site(), arm, spec.struct().value()));
    }

    private Optional<ExitUnion.Arm> arm(Field field, View struct) {
        return switch (field) {
            case Field.Numeric number -> Optional.of(new ExitUnion.Arm.Numeric(number));
            case Field.Nested n ->
                struct.nested().stream()
                        .filter(v -> v.type().equals(n.type()))
                        .findFirst()
                        .or(() -> bindings.viewNamed(n.type().canonicalName()))
                        .map(view -> new ExitUnion.Arm.Struct(n.cName(), n.name(), view));
            case Field.Bits _, Field.Bytes _, Field.NumberArray _, Field.NestedArray _ -> Optional.empty();
        };
    }

    /** The names of the members of the struct's anonymous unions. */
    private Set<String> arms(String struct) {
        return snapshot.record(struct).orElseThrow().members().stream()
                .filter(Member::isAnonymous)
                .flatMap(m -> m.type() instanceof MemberType.Inline i && i.kind() == RecordKind.UNION
                        ? i.members().stream()
                        : Stream.<Member>empty())
                .map(Member::name)
                .collect(Collectors.toSet());
    }
}
