package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.Holder;
import io.kvm4j.processor.model.Names;
import io.kvm4j.processor.model.TypedAccess;
import io.kvm4j.processor.model.View;
import io.kvm4j.snapshot.Constant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares the enums of a compilation with each other, and gives the fields that hold them their typed accessors. */
public final class EnumBinder {
    /** Generated code must not depend on the order of the specs, which class files do not keep. */
    private static final Comparator<TypedAccess> BY_BITS = Comparator.<TypedAccess>comparingInt(
                    a -> part(a.enumType()).map(EnumType.Part::shift).orElse(0))
            .thenComparingLong(a -> part(a.enumType()).map(EnumType.Part::mask).orElse(0L))
            .thenComparing(a -> a.enumType().type());

    private final List<ResolvedEnum> enums = new ArrayList<>();
    private final Map<Place, List<TypedAccess>> accesses = new HashMap<>();
    private final Report report;

    public EnumBinder(Report report) {
        this.report = report;
    }

    /** Takes an enum, unless it and an earlier one exclude each other, which it reports. */
    public boolean add(ResolvedEnum added) {
        int before = report.errors();
        checkItself(added);
        enums.forEach(earlier -> compare(earlier, added));
        if (report.errors() != before) {
            return false;
        }
        enums.add(added);
        for (Holder holder : added.type().holders().fields()) {
            if (holder.inView()) {
                accesses.computeIfAbsent(new Place(holder.view(), holder.field()), _ -> new ArrayList<>())
                        .add(new TypedAccess(added.type(), holder, reader(added.type(), holder)));
            }
        }
        return true;
    }

    /** The enums that were taken. */
    public List<ResolvedEnum> enums() {
        return List.copyOf(enums);
    }

    /** The bindings, with typed accessors. */
    public Bindings bind(Bindings bindings) {
        return bindings.with(bindings.packages().stream()
                .map(p -> p.with(p.views().stream().map(this::bind).toList()))
                .toList());
    }

    private View bind(View view) {
        Set<String> taken = view.fields().stream().map(Field::name).collect(Collectors.toCollection(HashSet::new));
        return view.with(
                view.fields().stream().map(f -> bind(f, view.type(), taken)).toList(),
                view.nested().stream().map(this::bind).toList());
    }

    private Field bind(Field field, ClassName view, Set<String> taken) {
        List<TypedAccess> typed = accesses.getOrDefault(new Place(view, field.name()), List.of()).stream()
                .sorted(BY_BITS)
                .map(a -> new TypedAccess(a.enumType(), a.holder(), Names.unique(a.reader(), taken)))
                .toList();
        return switch (field) {
            case Field.Numeric f
            when !typed.isEmpty() ->
                new Field.Numeric(f.name(), f.cName(), f.declaration(), f.offset(), f.scalar(), typed);
            case Field.NumberArray f
            when !typed.isEmpty() ->
                new Field.NumberArray(
                        f.name(), f.cName(), f.declaration(), f.offset(), f.scalar(), f.dimensions(), typed);
            default -> field;
        };
    }

    private static Optional<EnumType.Part> part(EnumType type) {
        return type instanceof EnumType.Values values ? values.part() : Optional.empty();
    }

    /** What reads a field is named after it; what reads a part of one, after the enum. */
    private static String reader(EnumType type, Holder holder) {
        return switch (type) {
            case EnumType.Flags _ -> holder.stem() + "Set";
            case EnumType.Values v when v.part().isEmpty() -> holder.stem() + "Value";
            case EnumType.Values v -> Names.member(v.type().simpleName()) + "Value";
        };
    }

    private void compare(ResolvedEnum earlier, ResolvedEnum added) {
        if (!earlier.scope().overlaps(added.scope())) {
            return;
        }
        Set<String> taken =
                earlier.type().constants().stream().map(Constant::name).collect(Collectors.toSet());
        added.type().constants().stream()
                .filter(c -> taken.contains(c.name()))
                .findFirst()
                .ifPresent(c -> report.add(
                        Code.MACRO_IN_TWO_ENUMS,
                        added.site(),
                        c.name(),
                        earlier.type().type().simpleName()));
        for (Holder holder : added.type().holders().fields()) {
            clash(earlier, added, holder)
                    .ifPresent(h -> report.add(
                            Code.FIELD_BOUND_TWICE,
                            added.site(),
                            holder.path(),
                            earlier.type().type().simpleName()));
        }
    }

    private static Optional<Holder> clash(ResolvedEnum earlier, ResolvedEnum added, Holder holder) {
        return earlier.type().holders().fields().stream()
                .filter(holder::clashes)
                .filter(_ -> !areApart(earlier.type(), added.type()))
                .findFirst();
    }

    private void checkItself(ResolvedEnum added) {
        List<Holder> fields = added.type().holders().fields();
        for (int i = 0; i < fields.size(); i++) {
            Holder holder = fields.get(i);
            if (fields.subList(0, i).stream().anyMatch(holder::clashes)) {
                report.add(
                        Code.FIELD_BOUND_TWICE,
                        added.site(),
                        holder.path(),
                        added.type().type().simpleName());
            }
        }
    }

    /** Whether two enums take different bits of a field. */
    private static boolean areApart(EnumType one, EnumType other) {
        return one instanceof EnumType.Values a
                && other instanceof EnumType.Values b
                && a.part().isPresent()
                && b.part().isPresent()
                && (bits(a.part().get()) & bits(b.part().get())) == 0;
    }

    private static long bits(EnumType.Part part) {
        return part.mask() << part.shift();
    }

    private record Place(ClassName view, String field) {}
}
