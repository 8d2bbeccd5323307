package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import io.kvm4j.headers.snapshot.Constant;
import java.util.List;
import javax.lang.model.element.Element;

/** A Java type for a group of macros. */
public sealed interface EnumType {
    /** Its Java name. */
    ClassName type();

    /** The spec. */
    Element origin();

    /** What the spec's documentation says it is. */
    String documentation();

    /** The macros, by value. */
    List<Constant> constants();

    /** Numbers that exclude each other. */
    record Values(ClassName type, Element origin, String documentation, List<Constant> constants) implements EnumType {}

    /** Bits that combine, in a field of {@code fieldSize} bytes. */
    record Flags(
            ClassName type, Element origin, String documentation, List<Constant> constants, String field, int fieldSize)
            implements EnumType {
        /** The name of the set type. */
        public ClassName setType() {
            return type.peerClass(type.simpleName() + "s");
        }
    }
}
