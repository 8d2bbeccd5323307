package io.kvm4j.processor.write;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.model.EnumType;
import io.kvm4j.snapshot.Constant;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Writes the enum of a group of flags, and the type of their sets. */
public final class FlagEnumWriter {
    private final EnumType.Flags flags;

    private FlagEnumWriter(EnumType.Flags flags) {
        this.flags = flags;
    }

    /** The enum and the set type. */
    public static List<TypeSpec.Builder> write(EnumType.Flags flags) {
        FlagEnumWriter writer = new FlagEnumWriter(flags);
        return List.of(writer.enumType(), writer.setType());
    }

    private TypeSpec.Builder enumType() {
        TypeSpec.Builder type = TypeSpec.enumBuilder(flags.type())
                .addJavadoc(
                        "$L\n\n<p>Sets of them are {@link $T}.\n$L",
                        flags.documentation(),
                        flags.held(),
                        HeldBy.javadoc(flags.holders()))
                .addAnnotations(HeldBy.annotation(flags.holders()))
                .addModifiers(Modifier.PUBLIC)
                .addSuperinterface(Support.FLAG_BIT)
                .addField(TypeName.LONG, "mask", Modifier.PRIVATE, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addParameter(TypeName.LONG, "mask")
                        .addStatement("this.mask = mask")
                        .build())
                .addMethod(MethodSpec.methodBuilder("mask")
                        .addAnnotation(Override.class)
                        .addModifiers(Modifier.PUBLIC)
                        .returns(TypeName.LONG)
                        .addStatement("return mask")
                        .build());
        flags.constants().forEach(c -> type.addEnumConstant(c.name(), constant(c)));
        return type;
    }

    private static TypeSpec constant(Constant constant) {
        CodeBlock mask = CodeBlock.of("0x$LL", Long.toHexString(constant.value().longValue()));
        return TypeSpec.anonymousClassBuilder(mask)
                .addJavadoc("{@code $L}.\n", constant.name())
                .build();
    }

    private TypeSpec.Builder setType() {
        ClassName set = flags.held();
        TypeSpec.Builder type = TypeSpec.recordBuilder(set)
                .addJavadoc(
                        "A set of {@link $T}. Bits that have no name are kept.\n\n"
                                + "@param bits the flags, zero-extended\n",
                        flags.type())
                .addModifiers(Modifier.PUBLIC)
                .addSuperinterface(ParameterizedTypeName.get(Support.FLAG_SET, flags.type()))
                .recordConstructor(MethodSpec.constructorBuilder()
                        .addParameter(TypeName.LONG, "bits")
                        .build())
                .addMethod(of())
                .addMethod(ofBits())
                .addMethod(changed("with", "The set with the flag.", "bits | flag.mask()"))
                .addMethod(changed("without", "The set without the flag.", "bits & ~flag.mask()"))
                .addMethod(
                        overriding("known", ArrayTypeName.of(flags.type()), CodeBlock.of("$T.values()", flags.type())))
                .addMethod(overriding(
                        "toString",
                        ClassName.get(String.class),
                        CodeBlock.of("$T.of(bits, $T.values())", Support.FLAG_TEXT, flags.type())));
        EnumAccessors.of(flags).forEach(type::addMethod);
        return type;
    }

    private MethodSpec of() {
        return MethodSpec.methodBuilder("of")
                .addJavadoc("The set of some flags.\n")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(flags.held())
                .addParameter(ArrayTypeName.of(flags.type()), "flags")
                .varargs()
                .addStatement("return new $T($T.union(flags))", flags.held(), Support.FLAG_SET)
                .build();
    }

    private MethodSpec ofBits() {
        return MethodSpec.methodBuilder("ofBits")
                .addJavadoc("The set that a field holds.\n")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(flags.held())
                .addParameter(flags.isInt() ? TypeName.INT : TypeName.LONG, "bits")
                .addStatement(
                        flags.isInt() ? "return new $T($T.toUnsignedLong(bits))" : "return new $T(bits)",
                        flags.isInt() ? new Object[] {flags.held(), Integer.class} : new Object[] {flags.held()})
                .build();
    }

    private MethodSpec changed(String name, String documentation, String bits) {
        return MethodSpec.methodBuilder(name)
                .addJavadoc("$L\n", documentation)
                .addModifiers(Modifier.PUBLIC)
                .returns(flags.held())
                .addParameter(flags.type(), "flag")
                .addStatement("return new $T($L)", flags.held(), bits)
                .build();
    }

    private static MethodSpec overriding(String name, TypeName returns, CodeBlock value) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(returns)
                .addStatement("return $L", value)
                .build();
    }
}
