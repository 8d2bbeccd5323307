package io.kvm4j.processor.write;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.headers.snapshot.Constant;
import io.kvm4j.processor.model.EnumType;
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
                .addJavadoc("$L\n\n<p>Sets of them are {@link $T}.\n", flags.documentation(), flags.setType())
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
        ClassName set = flags.setType();
        return TypeSpec.recordBuilder(set)
                .addJavadoc(
                        "A set of {@link $T}, as {@code $L} holds it. Bits that have no name are kept.\n\n"
                                + "@param bits the flags, zero-extended\n",
                        flags.type(),
                        flags.field())
                .addModifiers(Modifier.PUBLIC)
                .recordConstructor(MethodSpec.constructorBuilder()
                        .addParameter(TypeName.LONG, "bits")
                        .build())
                .addMethod(of())
                .addMethod(question(
                        "contains",
                        "Whether the flag is in the set.",
                        TypeName.BOOLEAN,
                        CodeBlock.of("(bits & flag.mask()) == flag.mask()")))
                .addMethod(question(
                        "with", "The set with the flag.", set, CodeBlock.of("new $T(bits | flag.mask())", set)))
                .addMethod(question(
                        "without", "The set without the flag.", set, CodeBlock.of("new $T(bits & ~flag.mask())", set)))
                .addMethod(unknownBits())
                .addMethod(MethodSpec.methodBuilder("toString")
                        .addJavadoc("The names of the flags, and unnamed bits as a number.\n")
                        .addAnnotation(Override.class)
                        .addModifiers(Modifier.PUBLIC)
                        .returns(String.class)
                        .addStatement("return $T.of(bits, $T.values())", Support.FLAG_TEXT, flags.type())
                        .build());
    }

    private MethodSpec of() {
        return MethodSpec.methodBuilder("of")
                .addJavadoc("The set of some flags.\n")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(flags.setType())
                .addParameter(ArrayTypeName.of(flags.type()), "flags")
                .varargs()
                .addStatement("long bits = 0")
                .beginControlFlow("for ($T flag : flags)", flags.type())
                .addStatement("bits |= flag.mask()")
                .endControlFlow()
                .addStatement("return new $T(bits)", flags.setType())
                .build();
    }

    private MethodSpec question(String name, String documentation, TypeName returns, CodeBlock answer) {
        return MethodSpec.methodBuilder(name)
                .addJavadoc("$L\n", documentation)
                .addModifiers(Modifier.PUBLIC)
                .returns(returns)
                .addParameter(flags.type(), "flag")
                .addStatement("return $L", answer)
                .build();
    }

    private MethodSpec unknownBits() {
        return MethodSpec.methodBuilder("unknownBits")
                .addJavadoc("The bits that have no name.\n")
                .addModifiers(Modifier.PUBLIC)
                .returns(TypeName.LONG)
                .addStatement("long unknown = bits")
                .beginControlFlow("for ($1T flag : $1T.values())", flags.type())
                .addStatement("unknown &= ~flag.mask()")
                .endControlFlow()
                .addStatement("return unknown")
                .build();
    }
}
