package io.kvm4j.processor.spec;

/** A spec that makes a Java type of a group of macros. */
public sealed interface EnumSpec {
    /** The macros. */
    GroupSpec group();

    /**
     * Numbers that exclude each other.
     *
     * @param group the macros
     */
    record Values(GroupSpec group) implements EnumSpec {}

    /**
     * Bits that combine.
     *
     * @param group the macros
     * @param struct the C name of the struct whose field holds them
     * @param field the C name of the field
     */
    record Flags(GroupSpec group, Stated<String> struct, Stated<String> field) implements EnumSpec {}
}
