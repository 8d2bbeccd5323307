package io.kvm4j.snapshot;

import java.util.List;

/** The type of a member, or of one element of an array member. */
public sealed interface MemberType {

    /** {@code sizeof} of one element, in bytes. */
    long size();

    /** The C spelling without dimensions, for example {@code __u32}, {@code struct kvm_regs} or {@code void *}. */
    String spelling();

    /**
     * An integer, {@code _Bool} or enum.
     *
     * @param spelling the C type as the header spells it
     * @param size 1, 2, 4, 8 or 16 bytes
     * @param signed whether the type is signed on this architecture
     */
    @SuppressWarnings("AvoidCommonTypeNames") // always written as MemberType.Integer
    record Integer(String spelling, long size, boolean signed) implements MemberType {}

    /**
     * A pointer, to an object or a function.
     *
     * @param spelling the C type as the header spells it
     * @param size 8 bytes on every supported architecture
     */
    record Pointer(String spelling, long size) implements MemberType {}

    /**
     * A struct or union that is declared by name elsewhere in the snapshot.
     *
     * @param kind struct or union
     * @param name the C name without its keyword
     * @param size {@code sizeof}, in bytes
     */
    record Named(RecordKind kind, String name, long size) implements MemberType {
        @Override
        public String spelling() {
            return kind.keyword() + " " + name;
        }
    }

    /**
     * A struct or union that is declared in place and has no name of its own.
     *
     * @param kind struct or union
     * @param size {@code sizeof}, in bytes
     * @param alignment {@code _Alignof}, in bytes
     * @param members the members, with offsets from the start of this inline record
     */
    record Inline(RecordKind kind, long size, long alignment, List<Member> members) implements MemberType {
        public Inline {
            members = List.copyOf(members);
        }

        @Override
        public String spelling() {
            return kind.keyword();
        }
    }
}
