package io.kvm4j.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.Names;
import io.kvm4j.processor.model.View;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;

/** Writes the class that is a view of a struct or union. */
public final class ViewWriter {
    private final View view;

    private ViewWriter(View view) {
        this.view = view;
    }

    /** The class of a view, and of the record it is of, whose Javadoc says where that comes from. */
    public static TypeSpec.Builder write(View view, Provenance provenance) {
        TypeSpec.Builder type = new ViewWriter(view).type();
        provenance.remark(view.cName()).ifPresent(remark -> type.addJavadoc("\n<p>$L\n", remark));
        return type;
    }

    /** The class, with the views of the records that are declared in place as nested classes. */
    private TypeSpec.Builder type() {
        TypeSpec.Builder type = TypeSpec.classBuilder(view.type())
                .addJavadoc(Javadoc.view(view))
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .superclass(Support.STRUCT)
                .addField(layout());
        if (view.type().enclosingClassName() == null) {
            type.addAnnotation(cType());
        } else {
            type.addModifiers(Modifier.STATIC);
        }
        nestedFields().forEach(f -> type.addField(typeOf(f), Accessors.viewField(f), Modifier.PRIVATE, Modifier.FINAL));
        type.addMethod(constructor()).addMethods(factories()).addMethod(layoutMethod());
        if (nestedFields().findAny().isPresent()) {
            type.addMethod(moveTo());
        }
        capacity(type);
        type.addMethod(copyFrom());
        view.fields().stream()
                .flatMap(f -> Accessors.of(f).stream())
                .forEach(a -> type.addMethod(a.method(view.type())));
        view.nested().forEach(n -> type.addType(new ViewWriter(n).type().build()));
        return type;
    }

    private AnnotationSpec cType() {
        return AnnotationSpec.builder(Support.C_TYPE)
                .addMember("value", "$S", view.kind().keyword() + " " + view.cName())
                .addMember("size", "$L", view.size())
                .build();
    }

    private FieldSpec layout() {
        return FieldSpec.builder(GroupLayout.class, "LAYOUT", Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("The layout that C gives it, checked against the headers' sizes and offsets.\n")
                .initializer(LayoutCode.of(view))
                .build();
    }

    private MethodSpec constructor() {
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(MemorySegment.class, "memory")
                .addParameter(TypeName.LONG, "base")
                .addParameter(TypeName.LONG, "size")
                .addStatement("super(memory, base, size)");
        nestedFields()
                .forEach(f -> constructor.addStatement(
                        "$N = $T.within(memory, $L)", Accessors.viewField(f), typeOf(f), place(f, "base")));
        return constructor.build();
    }

    private List<MethodSpec> factories() {
        return view.flexibleArray().isPresent()
                ? List.of(allocate(), allocateCounted(view.flexibleArray().get()), of(), within())
                : List.of(allocate(), of(), within());
    }

    private MethodSpec allocate() {
        return factory("allocate")
                .addJavadoc("Allocates a zeroed $L.\n", view.kind().keyword())
                .addParameter(SegmentAllocator.class, "allocator")
                .addStatement("return of(allocator.allocate(LAYOUT).fill((byte) 0))")
                .build();
    }

    private MethodSpec allocateCounted(Field array) {
        long elementSize = elementSize(array);
        MethodSpec.Builder method = factory("allocate")
                .addParameter(SegmentAllocator.class, "allocator")
                .addParameter(TypeName.INT, "count");
        CodeBlock memory =
                CodeBlock.of("allocateFlexible(allocator, LAYOUT, $L, $L, count)", array.offset(), elementSize);
        if (view.count().isEmpty()) {
            return method.addJavadoc(
                            "Allocates a zeroed struct with room for {@code count} elements of {@code $L}.\n",
                            array.declaration())
                    .addStatement("return of($L)", memory)
                    .build();
        }
        return method.addJavadoc(
                        "Allocates a zeroed struct with room for {@code count} elements of {@code $L}, and sets {@code $L}.\n",
                        array.declaration(),
                        view.count().get().cName())
                .addStatement(
                        "return of($L).$L(count)", memory, view.count().get().name())
                .build();
    }

    private MethodSpec of() {
        MethodSpec.Builder of = factory("of").addParameter(MemorySegment.class, "segment");
        if (view.isFlexible()) {
            return of.addJavadoc("A view of memory, all that lies behind the fixed part being the flexible array.\n\n"
                            + "@throws IllegalArgumentException if the segment is smaller than {@link #LAYOUT},"
                            + " or not aligned for it\n")
                    .addStatement("return new $T(flexible(segment, LAYOUT), 0, segment.byteSize())", view.type())
                    .build();
        }
        return of.addJavadoc(
                        "A view of the first $L bytes of memory.\n\n"
                                + "@throws IllegalArgumentException if the segment is smaller, or not aligned for it\n",
                        view.size())
                .addStatement("return new $T(fixed(segment, LAYOUT), 0, $L)", view.type(), view.size())
                .build();
    }

    private MethodSpec within() {
        String size = view.isFlexible() ? "Math.max(0, memory.byteSize() - base)" : Long.toString(view.size());
        return factory("within")
                .addJavadoc(
                        "A view of the $L that starts at {@code base} of {@code memory}, for records that embed it.\n",
                        view.kind().keyword())
                .addParameter(MemorySegment.class, "memory")
                .addParameter(TypeName.LONG, "base")
                .addStatement("return new $T(memory, base, $L)", view.type(), size)
                .build();
    }

    private MethodSpec.Builder factory(String name) {
        return MethodSpec.methodBuilder(name)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(view.type());
    }

    private static MethodSpec layoutMethod() {
        return MethodSpec.methodBuilder("layout")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PROTECTED)
                .returns(GroupLayout.class)
                .addStatement("return LAYOUT")
                .build();
    }

    private MethodSpec moveTo() {
        MethodSpec.Builder method = MethodSpec.methodBuilder("moveTo")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PROTECTED)
                .addParameter(TypeName.LONG, "newBase")
                .addStatement("super.moveTo(newBase)");
        nestedFields().forEach(f -> method.addStatement("move($N, $L)", Accessors.viewField(f), place(f, "newBase")));
        return method.build();
    }

    private MethodSpec copyFrom() {
        MethodSpec.Builder method = MethodSpec.methodBuilder("copyFrom")
                .addModifiers(Modifier.PUBLIC)
                .returns(view.type())
                .addParameter(view.type(), "other");
        if (view.flexibleArray().isPresent() && view.count().isPresent()) {
            Field array = view.flexibleArray().get();
            Field.Numeric count = view.count().get();
            CodeBlock number = count.scalar().isInt()
                    ? CodeBlock.of("$T.toUnsignedLong(other.$L())", Integer.class, count.name())
                    : CodeBlock.of("other.$L()", count.name());
            return method.addJavadoc(
                            "Copies another one: its fields, and as many elements of {@code $L} as its {@code $L} says.\n"
                                    + "What lies behind them stays as it is.\n\n"
                                    + "@throws IllegalArgumentException if there is no room for them here\n",
                            array.declaration(),
                            count.cName())
                    .addStatement("copyCounted(other, $L, $L, $L)", array.offset(), elementSize(array), number)
                    .addStatement("return this")
                    .build();
        }
        String throwing = view.isFlexible()
                ? "\n@throws IllegalArgumentException if its memory, which is copied to the end, is larger than this one's\n"
                : "";
        return method.addJavadoc("Copies all of another one, padding included.\n" + throwing)
                .addStatement("copyAll(other)")
                .addStatement("return this")
                .build();
    }

    private void capacity(TypeSpec.Builder type) {
        List<Field> flexible =
                view.fields().stream().filter(Field::isFlexibleArray).toList();
        Set<String> taken = view.fields().stream().map(Field::name).collect(Collectors.toCollection(HashSet::new));
        for (Field array : flexible) {
            String name = Names.unique(flexible.size() == 1 ? "capacity" : array.name() + "Capacity", taken);
            type.addMethod(MethodSpec.methodBuilder(name)
                    .addJavadoc("How many elements of {@code $L} the memory has room for.\n", array.declaration())
                    .addModifiers(Modifier.PUBLIC)
                    .returns(TypeName.INT)
                    .addStatement("return capacity($L, $L)", array.offset(), elementSize(array))
                    .build());
        }
    }

    private static long elementSize(Field array) {
        return switch (array) {
            case Field.NumberArray a -> inner(a.dimensions()) * a.scalar().size();
            case Field.NestedArray a -> inner(a.dimensions()) * a.size();
            case Field.Numeric _, Field.Bits _, Field.Nested _, Field.Bytes _ ->
                throw new IllegalArgumentException(array.declaration() + " is no array");
        };
    }

    /** The elements of the array that one element of its outermost dimension holds. */
    private static long inner(List<Long> dimensions) {
        return Accessors.product(dimensions.subList(1, dimensions.size()));
    }

    private Stream<Field> nestedFields() {
        return view.fields().stream().filter(f -> f instanceof Field.Nested || f instanceof Field.NestedArray);
    }

    private static ClassName typeOf(Field field) {
        return switch (field) {
            case Field.Nested f -> f.type();
            case Field.NestedArray f -> f.type();
            case Field.Numeric _, Field.Bits _, Field.NumberArray _, Field.Bytes _ ->
                throw new IllegalArgumentException(field.declaration() + " has no view");
        };
    }

    private static CodeBlock place(Field field, String base) {
        return field.offset() == 0 ? CodeBlock.of(base) : CodeBlock.of("$L + $L", base, field.offset());
    }
}
