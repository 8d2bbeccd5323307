package io.kvm4j.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.CodeBlock;
import io.kvm4j.processor.model.EnumType;
import java.util.List;
import java.util.stream.Stream;

/** Writes what holds the numbers or flags of an enum, for the compiler's reader and for programs. */
final class HeldBy {
    private HeldBy() {}

    /** The annotation; none if nobody says what holds them. */
    static List<AnnotationSpec> annotation(EnumType.Holders holders) {
        if (fields(holders).findAny().isEmpty()
                && holders.arguments().isEmpty()
                && holders.elsewhere().isEmpty()) {
            return List.of();
        }
        AnnotationSpec.Builder annotation = AnnotationSpec.builder(Support.HELD_BY);
        fields(holders).forEach(f -> annotation.addMember("fields", "$S", f));
        holders.arguments().forEach(a -> annotation.addMember("arguments", "$S", a));
        if (!holders.elsewhere().isEmpty()) {
            annotation.addMember("elsewhere", "$S", holders.elsewhere());
        }
        return List.of(annotation.build());
    }

    /** A paragraph of Javadoc; nothing if nobody says what holds them. */
    static CodeBlock javadoc(EnumType.Holders holders) {
        List<String> places = Stream.of(
                        fields(holders).map(f -> code(f)),
                        holders.arguments().stream().map(a -> "the argument of {@code " + a + "}"),
                        Stream.of(holders.elsewhere()).filter(e -> !e.isEmpty()))
                .flatMap(s -> s)
                .toList();
        return places.isEmpty() ? CodeBlock.of("") : CodeBlock.of("\n<p>Held by $L.\n", String.join(",\n", places));
    }

    private static String code(String field) {
        String[] parts = field.split(" ", 2);
        return "{@code " + parts[0] + "}" + (parts.length == 1 ? "" : " " + parts[1]);
    }

    /** A field of several views, one per architecture, counts once. */
    private static Stream<String> fields(EnumType.Holders holders) {
        return holders.fields().stream()
                .map(h -> h.when().isEmpty() ? h.path() : h.path() + " when " + h.when())
                .distinct();
    }
}
