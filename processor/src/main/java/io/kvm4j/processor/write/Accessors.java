package io.kvm4j.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.TypeName;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.Scalar;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Writes the accessors of fields. */
final class Accessors {
    private static final ClassName SEGMENT = ClassName.get(MemorySegment.class);
    private static final List<String> INDEX_NAMES = List.of("index", "second", "third", "fourth");

    /** Fields of the superclass and parameters of the methods that mention the field of a view. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("memory", "base", "newBase", "size", "index", "second", "third", "fourth");

    private static final CodeBlock TRUTH = CodeBlock.of("(value ? 1 : 0)");

    private Accessors() {}

    /** All accessors of a field: the plain ones, and those of an enum's type. */
    static List<Accessor> of(Field field) {
        return Stream.concat(plain(field).stream(), EnumAccessors.of(field)).toList();
    }

    private static List<Accessor> plain(Field field) {
        return switch (field) {
            case Field.Numeric f
            when f.isPredicate() ->
                List.of(
                        predicateGetter(f, ScalarCode.read(f.scalar(), at(f.offset()))),
                        predicateSetter(f, ScalarCode.store(f.scalar(), at(f.offset()), TRUTH)));
            case Field.Bits f
            when f.isPredicate() ->
                List.of(
                        predicateGetter(f, BitFieldCode.anySet(f, at(f.offset()))),
                        predicateSetter(f, BitFieldCode.store(f, at(f.offset()), TRUTH)));
            case Field.Numeric f -> List.of(numberGetter(f), numberSetter(f));
            case Field.Bits f -> List.of(bitsGetter(f), bitsSetter(f));
            case Field.NumberArray f -> List.of(elementGetter(f), elementSetter(f), slice(f, arrayBytes(f)));
            case Field.Nested f -> List.of(nested(f));
            case Field.NestedArray f -> List.of(elementView(f), slice(f, arrayBytes(f)));
            case Field.Bytes f -> List.of(slice(f, Optional.of(f.size())));
        };
    }

    private static Accessor numberGetter(Field.Numeric f) {
        return new Accessor(
                f.name(),
                sentence(f, signedness(f.scalar())),
                Optional.of(javaType(f.scalar())),
                List.of(),
                CodeBlock.builder()
                        .addStatement("return $L", ScalarCode.read(f.scalar(), at(f.offset())))
                        .build());
    }

    private static Accessor numberSetter(Field.Numeric f) {
        return new Accessor(
                f.name(),
                setter(f),
                Optional.empty(),
                List.of(new Accessor.Parameter(javaType(f.scalar()), "value")),
                ScalarCode.write(f.scalar(), at(f.offset()), f.cName()));
    }

    private static Accessor predicateGetter(Field f, CodeBlock number) {
        return new Accessor(
                f.name(),
                sentence(f, "true unless it is 0"),
                Optional.of(TypeName.BOOLEAN),
                List.of(),
                CodeBlock.builder().addStatement("return $L != 0", number).build());
    }

    private static Accessor predicateSetter(Field f, CodeBlock store) {
        return new Accessor(
                f.name(),
                CodeBlock.of("Sets {@code $L} to 1 or 0.\n", f.declaration()),
                Optional.empty(),
                List.of(new Accessor.Parameter(TypeName.BOOLEAN, "value")),
                store);
    }

    private static Accessor bitsGetter(Field.Bits f) {
        return new Accessor(
                f.name(),
                sentence(f, f.unit().signed() ? "signed" : "unsigned"),
                Optional.of(javaType(f.unit())),
                List.of(),
                BitFieldCode.read(f, at(f.offset())));
    }

    private static Accessor bitsSetter(Field.Bits f) {
        return new Accessor(
                f.name(),
                setter(f),
                Optional.empty(),
                List.of(new Accessor.Parameter(javaType(f.unit()), "value")),
                BitFieldCode.write(f, at(f.offset())));
    }

    private static Accessor elementGetter(Field.NumberArray f) {
        CodeBlock place = element(f.offset(), f.dimensions(), f.scalar().size());
        return new Accessor(
                f.name(),
                CodeBlock.of(
                        "An element of $L, $L.\n", Javadoc.member(f.declaration(), f.offset()), signedness(f.scalar())),
                Optional.of(javaType(f.scalar())),
                indices(f.dimensions()),
                CodeBlock.builder()
                        .addStatement("return $L", ScalarCode.read(f.scalar(), place))
                        .build());
    }

    private static Accessor elementSetter(Field.NumberArray f) {
        List<Accessor.Parameter> parameters = new ArrayList<>(indices(f.dimensions()));
        parameters.add(new Accessor.Parameter(javaType(f.scalar()), "value"));
        CodeBlock place = element(f.offset(), f.dimensions(), f.scalar().size());
        return new Accessor(
                f.name(),
                CodeBlock.of("Sets an element of {@code $L}.\n", f.declaration()),
                Optional.empty(),
                parameters,
                ScalarCode.write(f.scalar(), place, f.cName()));
    }

    private static Accessor nested(Field.Nested f) {
        return new Accessor(
                f.name(),
                sentence(f, "a view on the same memory"),
                Optional.of(f.type()),
                List.of(),
                CodeBlock.builder().addStatement("return $N", viewField(f)).build());
    }

    private static Accessor elementView(Field.NestedArray f) {
        return new Accessor(
                f.name(),
                CodeBlock.of(
                        "An element of $L. The view is the same each time, moved to the element.\n",
                        Javadoc.member(f.declaration(), f.offset())),
                Optional.of(f.type()),
                indices(f.dimensions()),
                CodeBlock.builder()
                        .addStatement("move($N, $L)", viewField(f), element(f.offset(), f.dimensions(), f.size()))
                        .addStatement("return $N", viewField(f))
                        .build());
    }

    /** The name of the Java field that holds the view of a member: its own, unless something else in reach has that name. */
    static String viewField(Field f) {
        return OTHER_VARIABLES.contains(f.name()) ? f.name() + "_" : f.name();
    }

    private static Accessor slice(Field f, Optional<Long> size) {
        CodeBlock bytes = size.map(s -> CodeBlock.of("memory.asSlice($L, $L)", at(f.offset()), s))
                .orElseGet(() -> CodeBlock.of("memory.asSlice($L)", at(f.offset())));
        return new Accessor(
                f.name(),
                CodeBlock.of("The memory of $L. A new slice each time.\n", Javadoc.member(f.declaration(), f.offset())),
                Optional.of(SEGMENT),
                List.of(),
                CodeBlock.builder().addStatement("return $L", bytes).build());
    }

    private static Optional<Long> arrayBytes(Field.NumberArray f) {
        return f.isFlexibleArray()
                ? Optional.empty()
                : Optional.of(product(f.dimensions()) * f.scalar().size());
    }

    private static Optional<Long> arrayBytes(Field.NestedArray f) {
        return f.isFlexibleArray() ? Optional.empty() : Optional.of(product(f.dimensions()) * f.size());
    }

    /** The number of elements that dimensions span. */
    static long product(List<Long> dimensions) {
        return dimensions.stream().mapToLong(d -> d).reduce(1, Math::multiplyExact);
    }

    private static List<Accessor.Parameter> indices(List<Long> dimensions) {
        return INDEX_NAMES.subList(0, dimensions.size()).stream()
                .map(name -> new Accessor.Parameter(TypeName.INT, name))
                .toList();
    }

    /** The place of the element that the index parameters select, each of which is checked. */
    private static CodeBlock element(long offset, List<Long> dimensions, long size) {
        CodeBlock.Builder place = CodeBlock.builder().add("$L", at(offset));
        long stride = product(dimensions.subList(1, dimensions.size())) * size;
        for (int i = 0; i < dimensions.size(); i++) {
            CodeBlock bound = dimensions.get(i) == 0
                    ? CodeBlock.of("capacity($L, $L)", offset, stride)
                    : CodeBlock.of("$L", dimensions.get(i));
            CodeBlock index = CodeBlock.of("$T.checkIndex($L, $L)", Objects.class, INDEX_NAMES.get(i), bound);
            place.add(stride == 1 ? CodeBlock.of(" + $L", index) : CodeBlock.of(" + $LL * $L", stride, index));
            stride = i + 1 < dimensions.size() ? stride / dimensions.get(i + 1) : stride;
        }
        return place.build();
    }

    private static CodeBlock at(long offset) {
        return offset == 0 ? CodeBlock.of("base") : CodeBlock.of("base + $L", offset);
    }

    private static CodeBlock sentence(Field f, String what) {
        return CodeBlock.of("$L, $L.\n", Javadoc.member(f.declaration(), f.offset()), what);
    }

    private static CodeBlock setter(Field f) {
        return CodeBlock.of("Sets {@code $L}.\n", f.declaration());
    }

    private static String signedness(Scalar scalar) {
        return scalar.signed() ? "signed" : "unsigned";
    }

    private static TypeName javaType(Scalar scalar) {
        return scalar.isInt() ? TypeName.INT : TypeName.LONG;
    }
}
