package io.kvm4j.processor.resolve;

import io.kvm4j.processor.diagnostics.Code;
import io.kvm4j.processor.diagnostics.NearestName;
import io.kvm4j.processor.diagnostics.Report;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.Holder;
import io.kvm4j.processor.model.Scalar;
import io.kvm4j.processor.model.View;
import io.kvm4j.processor.spec.EnumSpec.FieldUse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Follows the path that names a field: a struct, and members with dots between, the last one perhaps with an index. */
final class FieldPath {
    private static final Pattern INDEXED = Pattern.compile("(\\w+)\\[(\\d{1,9})]");

    private final FieldUse use;
    private final EnumScope scope;
    private final Bindings bindings;
    private final Report report;

    FieldPath(FieldUse use, EnumScope scope, Bindings bindings, Report report) {
        this.use = use;
        this.scope = scope;
        this.bindings = bindings;
        this.report = report;
    }

    /** The field in each view of the struct that the scope sees; nothing if it was reported that there is none. */
    List<Holder> resolve() {
        String[] names = use.path().value().split("\\.", -1);
        List<View> views = scope.views(names[0]);
        if (views.isEmpty()) {
            scope.reportMissing(use.path(), names[0], report);
        }
        return views.stream().flatMap(v -> follow(v, names).stream()).toList();
    }

    private Optional<Holder> follow(View start, String[] names) {
        View view = start;
        for (int i = 1; i < names.length - 1; i++) {
            Optional<Field> field = member(view, names[i]);
            if (field.isEmpty()) {
                return Optional.empty();
            }
            Optional<View> nested = field.flatMap(f -> nested(f, start));
            if (nested.isEmpty()) {
                return noNumber(field.get().declaration() + " has no members");
            }
            view = nested.get();
        }
        return names.length == 1
                ? noNumber(start.kind().keyword() + " " + start.cName() + " is a whole")
                : number(view, names[names.length - 1]);
    }

    private Optional<Holder> number(View view, String name) {
        Matcher indexed = INDEXED.matcher(name);
        boolean hasIndex = indexed.matches();
        return member(view, hasIndex ? indexed.group(1) : name).flatMap(field -> switch (field) {
            case Field.Numeric f when !hasIndex -> Optional.of(holder(view, f, f.scalar(), OptionalInt.empty()));
            case Field.NumberArray f when hasIndex -> element(view, f, Integer.parseInt(indexed.group(2)));
            case Field.NumberArray f -> noNumber(f.declaration() + " is an array, whose element an index names");
            case Field.Numeric _, Field.Bits _, Field.Bytes _, Field.Nested _, Field.NestedArray _ ->
                noNumber(field.declaration());
        });
    }

    private Optional<Holder> element(View view, Field.NumberArray array, int index) {
        return array.dimensions().size() == 1 && index < array.dimensions().getFirst()
                ? Optional.of(holder(view, array, array.scalar(), OptionalInt.of(index)))
                : noNumber(array.declaration() + " has no element " + index);
    }

    private Holder holder(View view, Field field, Scalar scalar, OptionalInt index) {
        boolean inView = use.when().isEmpty() && scope.isKnownTo(view);
        return new Holder(use.path().value(), use.when(), view.type(), field.name(), index, scalar, inView);
    }

    private Optional<Field> member(View view, String cName) {
        Optional<Field> field =
                view.fields().stream().filter(f -> f.cName().equals(cName)).findFirst();
        if (field.isEmpty()) {
            report.add(
                    Code.UNKNOWN_MEMBER,
                    use.path().site(),
                    view.cName(),
                    cName,
                    NearestName.hint(cName, view.fields().stream().map(Field::cName)));
        }
        return field;
    }

    /** The view of a member that is a struct, declared in place or by name. */
    private Optional<View> nested(Field field, View start) {
        return field instanceof Field.Nested n
                ? start.all()
                        .filter(v -> v.type().equals(n.type()))
                        .findFirst()
                        .or(() -> bindings.viewNamed(n.type().canonicalName()))
                : Optional.empty();
    }

    private <T> Optional<T> noNumber(String what) {
        report.add(Code.NOT_A_NUMBER, use.path().site(), use.path().value(), what);
        return Optional.empty();
    }
}
