package io.kvm4j.processor.model;

import com.palantir.javapoet.ClassName;
import io.kvm4j.snapshot.Constant;
import java.util.List;
import java.util.Optional;
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

    /** What holds its numbers or flags. */
    Holders holders();

    /** The type that the accessors of fields have: its own, or that of its sets. */
    ClassName held();

    /** Numbers that exclude each other; {@code part} if they are some of a field's bits only. */
    record Values(
            ClassName type,
            Element origin,
            String documentation,
            List<Constant> constants,
            Holders holders,
            Optional<Part> part)
            implements EnumType {
        public Values {
            constants = List.copyOf(constants);
        }

        @Override
        public ClassName held() {
            return type;
        }
    }

    /** Bits that combine; each constant's value is the bit. */
    record Flags(ClassName type, Element origin, String documentation, List<Constant> constants, Holders holders)
            implements EnumType {
        public Flags {
            constants = List.copyOf(constants);
        }

        @Override
        public ClassName held() {
            return type.peerClass(type.simpleName() + "s");
        }

        /** Whether every field that holds the flags is Java's {@code int}. */
        public boolean isInt() {
            return !holders.fields().isEmpty()
                    && holders.fields().stream().allMatch(h -> h.scalar().isInt());
        }
    }

    /** Some bits of a field: those of {@code mask}, {@code shift} bits further up. */
    record Part(long mask, int shift) {}

    /**
     * What holds the numbers or flags of an enum.
     *
     * @param fields the fields of views
     * @param arguments the request macros of ioctls that take them by value
     * @param elsewhere anything else, in words
     */
    record Holders(List<Holder> fields, List<String> arguments, String elsewhere) {
        public Holders {
            fields = List.copyOf(fields);
            arguments = List.copyOf(arguments);
        }
    }
}
