package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import io.kvm4j.snapshot.RecordKind;
import java.util.List;

/** An element of a view's {@code MemoryLayout}. */
public sealed interface LayoutElement {
    /** The alignment that the element brings to the layout it is part of, in bytes. */
    default long alignment() {
        return switch (this) {
            case Value value -> value.scalar().aligned() ? value.scalar().size() : 1;
            case View view -> view.alignment;
            case Group group -> alignmentOf(group.elements());
            case Array array -> array.element().alignment();
            case Bytes _, Padding _ -> 1;
        };
    }

    /** The alignment of a layout that consists of these elements, in bytes. */
    static long alignmentOf(List<LayoutElement> elements) {
        return elements.stream().mapToLong(LayoutElement::alignment).max().orElse(1);
    }

    /** A number; {@code name} as in C. */
    record Value(String name, Scalar scalar) implements LayoutElement {}

    /** A struct or union with a view of its own, whose layout has the given alignment. */
    record View(String name, ClassName type, long alignment) implements LayoutElement {}

    /** A struct or union without a name, or one whose members must give up their alignment. */
    record Group(String name, RecordKind kind, List<LayoutElement> elements) implements LayoutElement {
        public Group {
            elements = List.copyOf(elements);
        }
    }

    /** An array, outermost dimension first. */
    record Array(String name, List<Long> dimensions, LayoutElement element) implements LayoutElement {
        public Array {
            dimensions = List.copyOf(dimensions);
        }
    }

    /** Bytes without a type. */
    record Bytes(String name, long size) implements LayoutElement {}

    /** Bytes without a name. */
    record Padding(long size) implements LayoutElement {}
}
