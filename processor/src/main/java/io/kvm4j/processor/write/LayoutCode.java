package io.kvm4j.processor.write;

import com.palantir.javapoet.CodeBlock;
import io.kvm4j.processor.model.LayoutElement;
import io.kvm4j.processor.model.View;
import io.kvm4j.snapshot.RecordKind;
import java.lang.foreign.MemoryLayout;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the expression that builds a view's memory layout. */
final class LayoutCode {
    private LayoutCode() {}

    /** The layout of a view, compared with what the headers say. */
    static CodeBlock of(View view) {
        CodeBlock.Builder code = CodeBlock.builder()
                .add("checked(\n$>$>$L.withName($S)", group(view.kind(), view.layout()), view.cName());
        if (LayoutElement.alignmentOf(view.layout()) != view.alignment()) {
            code.add(".withByteAlignment($L)", view.alignment());
        }
        code.add(",\n$L,\n$L", view.size(), view.alignment());
        if (!view.offsets().isEmpty()) {
            code.add(
                    ",\n$L",
                    view.offsets().stream().map(o -> CodeBlock.of("$L", o)).collect(CodeBlock.joining(", ")));
        }
        return code.add(")$<$<").build();
    }

    private static CodeBlock group(RecordKind kind, List<LayoutElement> elements) {
        String method = kind == RecordKind.STRUCT ? "structLayout" : "unionLayout";
        if (elements.isEmpty()) {
            return CodeBlock.of("$T.$L()", MemoryLayout.class, method);
        }
        CodeBlock list = elements.stream().map(LayoutCode::element).collect(CodeBlock.joining(",\n"));
        return CodeBlock.of("$T.$L(\n$>$>$L$<$<)", MemoryLayout.class, method, list);
    }

    private static CodeBlock element(LayoutElement element) {
        return switch (element) {
            case LayoutElement.Value e ->
                named(CodeBlock.of("$T.$L", Support.VALUE_LAYOUT, e.scalar().layout()), e.name());
            case LayoutElement.View e -> named(CodeBlock.of("$T.LAYOUT", e.type()), e.name());
            case LayoutElement.Group e -> named(group(e.kind(), e.elements()), e.name());
            case LayoutElement.Array e -> named(array(e), e.name());
            case LayoutElement.Bytes e ->
                named(
                        CodeBlock.of(
                                "$T.sequenceLayout($L, $T.JAVA_BYTE)",
                                MemoryLayout.class,
                                e.size(),
                                Support.VALUE_LAYOUT),
                        e.name());
            case LayoutElement.Padding e -> CodeBlock.of("$T.paddingLayout($L)", MemoryLayout.class, e.size());
        };
    }

    private static CodeBlock array(LayoutElement.Array array) {
        String opening = array.dimensions().stream()
                .map(d -> "$1T.sequenceLayout(" + d + ", ")
                .collect(Collectors.joining());
        String closing = ")".repeat(array.dimensions().size());
        return CodeBlock.of(opening + "$2L" + closing, MemoryLayout.class, element(array.element()));
    }

    private static CodeBlock named(CodeBlock layout, String name) {
        return name.isEmpty() ? layout : CodeBlock.of("$L.withName($S)", layout, name);
    }
}
