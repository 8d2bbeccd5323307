package io.kvm4j.headers.diff;

import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The fields of a record with all that are declared inside of it, each by its path, described in C. */
final class Fields {
    private final Map<String, String> descriptions = new LinkedHashMap<>();

    private Fields() {}

    /** Descriptions by path, in the order of declaration; offsets count from the start of the record. */
    static Map<String, String> of(RecordType type) {
        Fields fields = new Fields();
        fields.add("", 0, type.members());
        return fields.descriptions;
    }

    private void add(String prefix, long start, List<Member> members) {
        for (Member member : members) {
            String path = prefix + member.name();
            long offset = start + member.offset();
            if (!member.isAnonymous()) {
                descriptions.put(path, "%s at %d, %s".formatted(spelling(member), offset, bytes(member.size())));
            }
            if (member.type() instanceof MemberType.Inline inline) {
                String inner = member.isAnonymous() ? prefix : path + (member.isArray() ? "[]." : ".");
                add(inner, offset, inline.members());
            }
        }
    }

    private static String spelling(Member member) {
        if (member.bits().isBitField()) {
            int last = member.bits().shift() + member.bits().width() - 1;
            return member.type().spelling() + " bits " + member.bits().shift() + " to " + last;
        }
        String dimensions = member.dimensions().stream()
                .map(dimension -> dimension == 0 ? "[]" : "[" + dimension + "]")
                .collect(Collectors.joining());
        return member.type().spelling() + dimensions;
    }

    static String bytes(long size) {
        return size == 1 ? "1 byte" : size + " bytes";
    }
}
