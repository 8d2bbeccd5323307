package io.kvm4j.processor.resolve;

import io.kvm4j.processor.model.CommentText;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes declarations back as C, for the Javadoc of what is generated from them. */
final class CDeclarations {
    private static final String INDENT = "    ";

    private CDeclarations() {}

    /** A record with all its members, line by line. */
    static List<String> of(RecordType record) {
        List<String> lines = new ArrayList<>();
        lines.add(record.cType() + " {");
        members(record.members(), INDENT, lines);
        lines.add("};");
        return lines.stream().map(CommentText::of).toList();
    }

    /** A record that is declared in place, as the type of a member. */
    static List<String> of(Member member, MemberType.Inline type) {
        List<String> lines = new ArrayList<>();
        inline(member, type, "", lines);
        return lines.stream().map(CommentText::of).toList();
    }

    /** A member on one line, without the members of a record that is declared in place. */
    static String of(Member member) {
        String type = member.type().spelling();
        String space = type.endsWith("*") ? "" : " ";
        return CommentText.of(type + space + member.name() + suffix(member));
    }

    private static void members(List<Member> members, String indent, List<String> lines) {
        for (Member member : members) {
            if (member.type() instanceof MemberType.Inline inline) {
                inline(member, inline, indent, lines);
            } else {
                lines.add(indent + of(member) + ";");
            }
        }
    }

    private static void inline(Member member, MemberType.Inline type, String indent, List<String> lines) {
        lines.add(indent + type.kind().keyword() + " {");
        members(type.members(), indent + INDENT, lines);
        String name = member.isAnonymous() ? "" : " " + member.name() + suffix(member);
        lines.add(indent + "}" + name + ";");
    }

    private static String suffix(Member member) {
        if (member.bits().isBitField()) {
            return " : " + member.bits().width();
        }
        return member.dimensions().stream()
                .map(d -> d == 0 ? "[]" : "[" + d + "]")
                .collect(Collectors.joining());
    }
}
