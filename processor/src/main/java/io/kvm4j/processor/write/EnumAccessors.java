package io.kvm4j.processor.write;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.Holder;
import io.kvm4j.processor.model.TypedAccess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;

/**
 * Writes what reads and sets a field as the type of an enum. It goes through the field's plain accessors, and stands
 * beside them, or, where the view must not know the enum, in the enum.
 */
final class EnumAccessors {
    private final EnumType type;
    private final Holder holder;

    private EnumAccessors(EnumType type, Holder holder) {
        this.type = type;
        this.holder = holder;
    }

    /** The accessors that a view has for a field besides its plain ones. */
    static Stream<Accessor> of(Field field) {
        List<TypedAccess> typed = switch (field) {
            case Field.Numeric f -> f.typed();
            case Field.NumberArray f -> f.typed();
            case Field.Bits _, Field.Bytes _, Field.Nested _, Field.NestedArray _ -> List.of();
        };
        return typed.stream()
                .flatMap(t -> new EnumAccessors(t.enumType(), t.holder()).inView(t.reader(), field.declaration()));
    }

    /** The methods of an enum for the fields whose views don't know it; one that has several meanings has one pair. */
    static Stream<MethodSpec> of(EnumType type) {
        Map<String, Holder> places = new LinkedHashMap<>();
        type.holders().fields().stream()
                .filter(h -> !h.inView())
                .forEach(h -> places.merge(h.view() + "." + h.name(), h, (one, other) -> one.or(other.when())));
        return places.values().stream().flatMap(h -> new EnumAccessors(type, h).inEnum());
    }

    private Stream<Accessor> inView(String reader, String declaration) {
        ClassName held = type.held();
        Accessor get = new Accessor(
                reader,
                CodeBlock.of("{@code $L} as {@link $T}.\n", declaration, held),
                Optional.of(held),
                List.of(),
                CodeBlock.builder()
                        .addStatement("return $L", read(CodeBlock.of("")))
                        .build());
        Accessor set = setter(declaration, held, CodeBlock.of("value"));
        return type instanceof EnumType.Flags flags
                ? Stream.of(
                        get,
                        set,
                        setter(declaration, ArrayTypeName.of(flags.type()), CodeBlock.of("$T.of(value)", held)))
                : Stream.of(get, set);
    }

    private Accessor setter(String declaration, TypeName parameter, CodeBlock value) {
        return new Accessor(
                holder.name(),
                CodeBlock.of("Sets {@code $L}.\n", declaration),
                Optional.empty(),
                List.of(new Accessor.Parameter(parameter, "value")),
                CodeBlock.builder()
                        .addStatement("$L", write(CodeBlock.of(""), value))
                        .build());
    }

    private Stream<MethodSpec> inEnum() {
        CodeBlock struct = CodeBlock.of("struct.");
        String when = holder.when().isEmpty() ? "" : ", when " + holder.when();
        return Stream.of(
                MethodSpec.methodBuilder(holder.stem() + "Of")
                        .addJavadoc("What {@code $L} holds$L.\n", holder.path(), when)
                        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                        .returns(type.held())
                        .addParameter(holder.view(), "struct")
                        .addStatement("return $L", read(struct))
                        .build(),
                MethodSpec.methodBuilder(holder.stem() + "To")
                        .addJavadoc("Sets {@code $L}, which holds it$L.\n", holder.path(), when)
                        .addModifiers(Modifier.PUBLIC)
                        .addParameter(holder.view(), "struct")
                        .addStatement("$L", write(struct, CodeBlock.of("this")))
                        .build());
    }

    private CodeBlock read(CodeBlock struct) {
        CodeBlock raw = raw(struct);
        boolean isInt = holder.scalar().isInt();
        return switch (type) {
            case EnumType.Flags f when f.isInt() || !isInt -> CodeBlock.of("$T.ofBits($L)", f.held(), raw);
            case EnumType.Flags f -> CodeBlock.of("$T.ofBits($T.toUnsignedLong($L))", f.held(), Integer.class, raw);
            case EnumType.Values v
            when v.part().isPresent() ->
                CodeBlock.of("$T.of($L)", v.held(), part(v.part().get(), raw));
            case EnumType.Values v ->
                isInt
                        ? CodeBlock.of("$T.of($L)", v.held(), raw)
                        : CodeBlock.of("$T.of($T.toIntExact($L))", v.held(), Math.class, raw);
        };
    }

    private CodeBlock part(EnumType.Part part, CodeBlock raw) {
        CodeBlock shifted = part.shift() == 0 ? raw : CodeBlock.of("$L >>> $L", raw, part.shift());
        String mask = "0x" + Long.toHexString(part.mask());
        return holder.scalar().isInt()
                ? CodeBlock.of("$L & $L", shifted, mask)
                : CodeBlock.of("(int) ($L & $LL)", shifted, mask);
    }

    private CodeBlock write(CodeBlock struct, CodeBlock value) {
        boolean isInt = holder.scalar().isInt();
        CodeBlock number = switch (type) {
            case EnumType.Flags _
            when isInt ->
                CodeBlock.of(
                        "$L.bitsWithin($S, $L)",
                        value,
                        holder.path(),
                        holder.scalar().size());
            case EnumType.Flags _ -> CodeBlock.of("$L.bits()", value);
            case EnumType.Values v
            when v.part().isPresent() -> {
                CodeBlock merged = CodeBlock.of(
                        "$L.within($L, 0x$LL, $L)",
                        value,
                        raw(struct),
                        Long.toHexString(v.part().get().mask()),
                        v.part().get().shift());
                yield isInt ? CodeBlock.of("(int) $L", merged) : merged;
            }
            case EnumType.Values _ -> CodeBlock.of("$L.number()", value);
        };
        return holder.index().isPresent()
                ? CodeBlock.of(
                        "$L$L($L, $L)", struct, holder.field(), holder.index().getAsInt(), number)
                : CodeBlock.of("$L$L($L)", struct, holder.field(), number);
    }

    private CodeBlock raw(CodeBlock struct) {
        return holder.index().isPresent()
                ? CodeBlock.of(
                        "$L$L($L)", struct, holder.field(), holder.index().getAsInt())
                : CodeBlock.of("$L$L()", struct, holder.field());
    }
}
