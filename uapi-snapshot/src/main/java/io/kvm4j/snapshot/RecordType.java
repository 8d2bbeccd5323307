package io.kvm4j.snapshot;

import java.util.List;

/**
 * A struct or union that a header declares by name.
 *
 * @param name the C name without its keyword, for example {@code kvm_run}
 * @param kind struct or union
 * @param header the header that declares it, as an {@code #include} spells it
 * @param size {@code sizeof}, in bytes
 * @param alignment {@code _Alignof}, in bytes
 * @param members the members in the order of their declaration
 */
public record RecordType(String name, RecordKind kind, String header, long size, long alignment, List<Member> members) {

    public RecordType {
        members = List.copyOf(members);
    }

    /** The C type, for example {@code struct kvm_run}. */
    public String cType() {
        return kind.keyword() + " " + name;
    }
}
