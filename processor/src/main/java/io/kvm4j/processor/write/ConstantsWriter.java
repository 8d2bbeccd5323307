package io.kvm4j.processor.write;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.headers.snapshot.Constant;
import io.kvm4j.processor.model.ConstantGroup;
import java.math.BigInteger;
import java.util.Collection;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** Writes the class of a package's constants. */
public final class ConstantsWriter {
    private static final BigInteger LARGEST_DECIMAL = BigInteger.valueOf(4096);

    private ConstantsWriter() {}

    /** The class, one field per macro or enumerator. */
    public static TypeSpec.Builder write(ConstantGroup group, Collection<String> headers) {
        TypeSpec.Builder type = TypeSpec.classBuilder(group.type())
                .addJavadoc(
                        "The macros and enumerators of $L that have an integer value.\n",
                        headers.stream().map(h -> "{@code " + h + "}").collect(Collectors.joining(", ")))
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .build());
        group.constants().forEach(c -> type.addField(field(c)));
        return type;
    }

    /** A value as a Java literal: small ones in decimal, large ones in hexadecimal. */
    static CodeBlock literal(Constant constant) {
        boolean isLong = constant.size() == Long.BYTES;
        BigInteger value = constant.value();
        if (value.abs().compareTo(LARGEST_DECIMAL) < 0) {
            return CodeBlock.of(isLong ? "$LL" : "$L", value);
        }
        return isLong
                ? CodeBlock.of("0x$LL", Long.toHexString(value.longValue()))
                : CodeBlock.of("0x$L", Integer.toHexString(value.intValue()));
    }

    private static FieldSpec field(Constant constant) {
        TypeName type = constant.size() == Long.BYTES ? TypeName.LONG : TypeName.INT;
        return FieldSpec.builder(type, constant.name(), Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("{@code $L}, $L in C.\n", constant.name(), constant.cType())
                .initializer(literal(constant))
                .build();
    }
}
