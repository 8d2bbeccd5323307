package io.kvm4j.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.kvm4j.processor.completion.Provenance;
import io.kvm4j.processor.model.BoundHeaders;
import io.kvm4j.processor.model.CommentText;
import io.kvm4j.processor.model.ConstantGroup;
import io.kvm4j.processor.spec.PlainSpec;
import io.kvm4j.snapshot.Constant;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** Writes the class of a package's constants. */
public final class ConstantsWriter {
    private static final BigInteger LARGEST_DECIMAL = BigInteger.valueOf(4096);

    private ConstantsWriter() {}

    /**
     * The class, one field per macro or enumerator.
     *
     * @param plain which of them are plain numbers
     * @param provenance where they come from
     */
    public static TypeSpec.Builder write(
            ConstantGroup group, BoundHeaders bound, List<PlainSpec.Group> plain, Provenance provenance) {
        Collection<String> headers = group.constants().stream()
                .map(Constant::header)
                .distinct()
                .sorted()
                .toList();
        TypeSpec.Builder type = TypeSpec.classBuilder(group.type())
                .addJavadoc(
                        "The macros and enumerators of $L that have an integer value.\n",
                        headers.stream()
                                .map(h -> "{@code " + CommentText.of(h) + "}")
                                .collect(Collectors.joining(", ")))
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .build());
        type.addAnnotation(annotation(bound));
        bound.excuses().forEach(e -> type.addAnnotation(annotation(e)));
        if (!plain.isEmpty()) {
            AnnotationSpec.Builder annotation = AnnotationSpec.builder(Support.PLAIN_CONSTANTS);
            plain.forEach(p -> annotation.addMember("value", "$L", plain(p)));
            type.addAnnotation(annotation.build());
        }
        group.constants().forEach(c -> type.addField(field(c, provenance)));
        return type;
    }

    private static AnnotationSpec annotation(BoundHeaders bound) {
        AnnotationSpec.Builder annotation =
                AnnotationSpec.builder(Support.BOUND_HEADERS).addMember("set", "$S", bound.set());
        Strings.add(annotation, "architectures", bound.architectures());
        Strings.add(annotation, "headers", bound.headers());
        return annotation.addMember("neutral", "$L", bound.neutral()).build();
    }

    private static AnnotationSpec annotation(BoundHeaders.Excuse excuse) {
        AnnotationSpec.Builder annotation = AnnotationSpec.builder(Support.EXCUSED_IOCTLS);
        Strings.add(annotation, "value", excuse.requests());
        annotation.addMember("reason", "$S", excuse.reason());
        Strings.add(annotation, "architectures", excuse.architectures());
        return annotation.build();
    }

    private static AnnotationSpec plain(PlainSpec.Group group) {
        AnnotationSpec.Builder annotation = AnnotationSpec.builder(Support.PLAIN_CONSTANTS.nestedClass("Group"));
        group.prefixes().forEach(p -> annotation.addMember("prefixes", "$S", p.value()));
        group.constants().forEach(c -> annotation.addMember("constants", "$S", c.value()));
        return annotation.addMember("reason", "$S", group.reason()).build();
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

    private static FieldSpec field(Constant constant, Provenance provenance) {
        String remark = provenance.remark(constant.name()).map(r -> " " + r).orElse("");
        TypeName type = constant.size() == Long.BYTES ? TypeName.LONG : TypeName.INT;
        return FieldSpec.builder(type, constant.name(), Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("{@code $L}, $L in C.$L\n", constant.name(), constant.cType(), remark)
                .initializer(literal(constant))
                .build();
    }
}
