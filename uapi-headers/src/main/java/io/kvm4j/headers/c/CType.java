package io.kvm4j.headers.c;

import io.kvm4j.snapshot.RecordKind;
import java.util.List;
import java.util.Optional;

/** The type of a declaration, without the dimensions of an array. */
public sealed interface CType {

    /** The C spelling as a type name, without declared name or dimensions. */
    String spelling();

    /**
     * A type that is named by words: an arithmetic type, a typedef name or an enum by its tag.
     *
     * @param spelling the words, for example {@code unsigned int}, {@code const __u32} or {@code enum color}
     * @param name the words without qualifiers, by which a typedef is found
     */
    record Word(String spelling, String name) implements CType {}

    /**
     * A pointer to anything.
     *
     * @param spelling the pointer's type name, for example {@code void (*)(int, char *)}
     */
    record Pointer(String spelling) implements CType {}

    /**
     * A function, which only a typedef can name.
     *
     * @param spelling the function's type name
     */
    record Function(String spelling) implements CType {}

    /** A struct or union by its tag. */
    record Reference(RecordKind kind, String tag) implements CType {
        @Override
        public String spelling() {
            return kind.keyword() + " " + tag;
        }
    }

    /**
     * A struct or union with its members.
     *
     * @param tag the tag, if it has one
     */
    record Aggregate(RecordKind kind, Optional<String> tag, List<CMember> members) implements CType {
        public Aggregate {
            members = List.copyOf(members);
        }

        @Override
        public String spelling() {
            return kind.keyword() + tag.map(" "::concat).orElse("");
        }
    }

    /**
     * An enum with its enumerators.
     *
     * @param tag the tag, if it has one
     * @param enumerators the names of the enumerators
     */
    record Enumeration(Optional<String> tag, List<String> enumerators) implements CType {
        public Enumeration {
            enumerators = List.copyOf(enumerators);
        }

        @Override
        public String spelling() {
            return "enum" + tag.map(" "::concat).orElse("");
        }
    }
}
