package io.kvm4j.snapshot;

import java.util.List;
import java.util.stream.Stream;

/** Finds the records that others embed by value. */
public final class EmbeddedRecords {
    private EmbeddedRecords() {}

    /** The names of all records that one embeds, in the order of their declaration. */
    public static Stream<String> of(RecordType record) {
        return of(record.members());
    }

    private static Stream<String> of(List<Member> members) {
        return members.stream().flatMap(m -> switch (m.type()) {
            case MemberType.Named named -> Stream.of(named.name());
            case MemberType.Inline inline -> of(inline.members());
            case MemberType.Integer _, MemberType.Pointer _ -> Stream.empty();
        });
    }
}
