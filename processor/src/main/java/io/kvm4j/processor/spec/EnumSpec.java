package io.kvm4j.processor.spec;

import java.util.List;

/** A spec that makes a Java type of a group of macros. */
public sealed interface EnumSpec {
    /** The macros. */
    GroupSpec group();

    /** What holds them. */
    Holders holders();

    /**
     * Numbers that exclude each other.
     *
     * @param group the macros
     * @param holders what holds them
     * @param mask the macro that masks them in their fields; empty for none
     * @param shift the macro that says by how much they are shifted there; empty for none
     */
    record Values(GroupSpec group, Holders holders, Stated<String> mask, Stated<String> shift) implements EnumSpec {}

    /**
     * Bits that combine.
     *
     * @param group the macros
     * @param holders what holds them
     * @param numbered whether the macros are numbers of bits
     */
    record Flags(GroupSpec group, Holders holders, boolean numbered) implements EnumSpec {}

    /**
     * What holds the numbers or flags of an enum.
     *
     * @param fields the fields of structs
     * @param arguments the request macros of ioctls that take them by value
     * @param elsewhere anything else, in words
     */
    record Holders(List<FieldUse> fields, List<Stated<String>> arguments, String elsewhere) {
        public Holders {
            fields = List.copyOf(fields);
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * A field.
     *
     * @param path a struct and members, as C writes them
     * @param when the condition under which it holds them; empty for always
     */
    record FieldUse(Stated<String> path, String when) {}
}
