package io.kvm4j.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.CodeBlock;
import java.util.Collection;

/** Writes lists of names as members of annotations. */
final class Strings {
    private static final String LINE = "\n        ";

    private Strings() {}

    /** Adds a member whose value is an array of strings. */
    static void add(AnnotationSpec.Builder annotation, String member, Collection<String> values) {
        annotation.addMember(
                member,
                values.stream()
                        .map(value -> CodeBlock.of("$S", value))
                        .collect(CodeBlock.joining("," + LINE, values.size() > 1 ? "{" + LINE : "{", "}")));
    }
}
