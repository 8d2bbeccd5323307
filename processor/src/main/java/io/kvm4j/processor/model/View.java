package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import io.kvm4j.snapshot.RecordKind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A class that is a view of a struct or union.
 *
 * @param type its Java name
 * @param kind struct or union
 * @param cName the C name, that of the member for a record declared in place
 * @param header the header that declares it
 * @param declaration its C declaration, line by line
 * @param size {@code sizeof}
 * @param alignment the alignment that its layout has
 * @param fields members with accessors; those of anonymous records stand here with their own offsets
 * @param layout the elements of its layout
 * @param offsets the offsets of the named elements of the layout, to be checked
 * @param nested views of the records that are declared in place
 * @param count the field that counts the elements of the flexible array, if a spec names it
 */
public record View(
        ClassName type,
        RecordKind kind,
        String cName,
        String header,
        List<String> declaration,
        long size,
        long alignment,
        List<Field> fields,
        List<LayoutElement> layout,
        List<Long> offsets,
        List<View> nested,
        Optional<Field.Numeric> count) {

    public View {
        declaration = List.copyOf(declaration);
        fields = List.copyOf(fields);
        layout = List.copyOf(layout);
        offsets = List.copyOf(offsets);
        nested = List.copyOf(nested);
    }

    /** This view and all that are declared in place inside it. */
    public Stream<View> all() {
        return Stream.concat(Stream.of(this), nested.stream().flatMap(View::all));
    }

    /** The same view with other fields and nested views. */
    public View with(List<Field> otherFields, List<View> otherNested) {
        return new View(
                type,
                kind,
                cName,
                header,
                declaration,
                size,
                alignment,
                otherFields,
                layout,
                offsets,
                otherNested,
                count);
    }

    /** The flexible array that ends the struct, or the first of several that share the place. */
    public Optional<Field> flexibleArray() {
        return fields.stream().filter(Field::isFlexibleArray).findFirst();
    }

    /** Whether the struct itself, or the last of its members, ends in a flexible array. */
    public boolean isFlexible() {
        return fields.stream().anyMatch(f -> f.isFlexibleArray() || (f instanceof Field.Nested n && n.flexible()));
    }
}
