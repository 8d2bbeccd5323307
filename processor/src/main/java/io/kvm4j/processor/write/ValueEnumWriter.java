package io.kvm4j.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.snapshot.Constant;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Writes the class of a group of numbers, in which a number without a name can be represented too. */
public final class ValueEnumWriter {
    private final EnumType.Values values;
    private final ClassName type;

    private ValueEnumWriter(EnumType.Values values) {
        this.values = values;
        this.type = values.type();
    }

    /** The class: a constant per macro, and {@code of} for any number. */
    public static TypeSpec.Builder write(EnumType.Values values) {
        return new ValueEnumWriter(values).type();
    }

    private TypeSpec.Builder type() {
        TypeSpec.Builder builder = TypeSpec.classBuilder(type)
                .addJavadoc(
                        "$L\n\n<p>Two are equal if their numbers are; a number that these headers do not name is as\n"
                                + "good as any other.\n$L",
                        values.documentation(),
                        HeldBy.javadoc(values.holders()))
                .addAnnotations(HeldBy.annotation(values.holders()))
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addSuperinterface(Support.UAPI_VALUE);
        values.constants().forEach(c -> builder.addField(constant(c)));
        builder.addField(known())
                .addField(TypeName.INT, "number", Modifier.PRIVATE, Modifier.FINAL)
                .addField(String.class, "name", Modifier.PRIVATE, Modifier.FINAL)
                .addMethod(constructor())
                .addMethod(of())
                .addMethod(knownMethod())
                .addMethod(accessor(TypeName.INT, "number", CodeBlock.of("number")))
                .addMethod(accessor(
                        ClassName.get(String.class),
                        "name",
                        CodeBlock.of("isKnown() ? name : $S + number + $S", type.simpleName() + "(", ")")))
                .addMethod(accessor(TypeName.BOOLEAN, "isKnown", CodeBlock.of("!name.isEmpty()")))
                .addMethod(equalsMethod())
                .addMethod(accessor(TypeName.INT, "hashCode", CodeBlock.of("number")))
                .addMethod(accessor(ClassName.get(String.class), "toString", CodeBlock.of("name()")));
        EnumAccessors.of(values).forEach(builder::addMethod);
        return builder;
    }

    private FieldSpec constant(Constant constant) {
        return FieldSpec.builder(type, constant.name(), Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("{@code $L}, number $L.\n", constant.name(), constant.value())
                .initializer("new $T($L, $S)", type, constant.value().intValue(), constant.name())
                .build();
    }

    private FieldSpec known() {
        CodeBlock names = values.constants().stream()
                .map(c -> CodeBlock.of("$L", c.name()))
                .collect(CodeBlock.joining(",\n"));
        return FieldSpec.builder(
                        ParameterizedTypeName.get(ClassName.get(List.class), type),
                        "KNOWN",
                        Modifier.PRIVATE,
                        Modifier.STATIC,
                        Modifier.FINAL)
                .initializer("$T.of(\n$>$>$L$<$<)", List.class, names)
                .build();
    }

    private MethodSpec constructor() {
        return MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(TypeName.INT, "number")
                .addParameter(String.class, "name")
                .addStatement("this.number = number")
                .addStatement("this.name = name")
                .build();
    }

    private MethodSpec of() {
        CodeBlock.Builder cases = CodeBlock.builder().add("return switch (number) {\n$>");
        values.constants().forEach(c -> cases.add("case $L -> $L;\n", c.value().intValue(), c.name()));
        return MethodSpec.methodBuilder("of")
                .addJavadoc("The constant with a number, or an object for a number that none of them has.\n")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(type)
                .addParameter(TypeName.INT, "number")
                .addCode(cases.add("default -> new $T(number, $S);\n$<};\n", type, "")
                        .build())
                .build();
    }

    private MethodSpec knownMethod() {
        return MethodSpec.methodBuilder("known")
                .addJavadoc("Every constant, by number.\n")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(ParameterizedTypeName.get(ClassName.get(List.class), type))
                .addStatement("return KNOWN")
                .build();
    }

    private MethodSpec equalsMethod() {
        return MethodSpec.methodBuilder("equals")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(TypeName.BOOLEAN)
                .addParameter(Object.class, "other")
                .addStatement("return other instanceof $T that && that.number == number", type)
                .build();
    }

    private static MethodSpec accessor(TypeName returns, String name, CodeBlock value) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(returns)
                .addStatement("return $L", value)
                .build();
    }
}
