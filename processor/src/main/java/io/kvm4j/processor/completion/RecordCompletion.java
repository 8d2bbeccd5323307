package io.kvm4j.processor.completion;

import io.kvm4j.snapshot.BitRange;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordKind;
import io.kvm4j.snapshot.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Completes a record by another declaration of it that says more: one of the same size in which every member is at its
 * place, and padding has become members. A union may besides have arms of its own.
 */
final class RecordCompletion {
    private static final Pattern PADDING = Pattern.compile("_*(pad|reserved|rsvd).*");

    private RecordCompletion() {}

    /** The record with what {@code other} has beyond it; as it is if the two do not agree. */
    static RecordType complete(RecordType own, RecordType other) {
        boolean alike =
                own.kind() == other.kind() && own.size() == other.size() && own.alignment() == other.alignment();
        return alike
                ? new RecordType(
                        own.name(),
                        own.kind(),
                        own.header(),
                        own.size(),
                        own.alignment(),
                        members(own.kind(), own.size(), own.members(), other.members()))
                : own;
    }

    private static List<Member> members(RecordKind kind, long size, List<Member> own, List<Member> other) {
        if (leaves("", 0, other)
                .toList()
                .containsAll(leaves("", 0, own).filter(Leaf::counts).toList())) {
            return other;
        }
        List<Member> completed = own.stream().map(m -> completed(m, other)).toList();
        return kind == RecordKind.UNION ? withArms(size, completed, other) : completed;
    }

    /** A member, and if it is declared in place, what its namesake has beyond it. */
    private static Member completed(Member own, List<Member> others) {
        return others.stream()
                .filter(o -> o.name().equals(own.name()) && o.offset() == own.offset() && o.size() == own.size())
                .findFirst()
                .flatMap(o -> inline(own.type(), o.type()))
                .map(type -> new Member(own.name(), type, own.offset(), own.size(), own.dimensions(), own.bits()))
                .orElse(own);
    }

    private static Optional<MemberType> inline(MemberType own, MemberType other) {
        return own instanceof MemberType.Inline a
                        && other instanceof MemberType.Inline b
                        && a.kind() == b.kind()
                        && a.size() == b.size()
                        && a.alignment() == b.alignment()
                ? Optional.of(new MemberType.Inline(
                        a.kind(), a.size(), a.alignment(), members(a.kind(), a.size(), a.members(), b.members())))
                : Optional.empty();
    }

    /** Arms that only the other one has, as far as there is room for them. */
    private static List<Member> withArms(long size, List<Member> own, List<Member> other) {
        List<Member> arms = new ArrayList<>(own);
        other.stream()
                .filter(o -> o.offset() + o.size() <= size)
                .filter(o -> own.stream().noneMatch(m -> m.name().equals(o.name())))
                .forEach(arms::add);
        return arms;
    }

    /**
     * A member that encloses no others.
     *
     * @param path its name, with those of the members that enclose it
     * @param offset bytes from the start of the outermost record
     * @param type the spelling of its type
     */
    private record Leaf(String path, long offset, long size, String type, List<Long> dimensions, BitRange bits) {
        boolean counts() {
            return !PADDING.matcher(path.substring(path.lastIndexOf('.') + 1)).matches();
        }
    }

    private static Stream<Leaf> leaves(String enclosing, long base, List<Member> members) {
        return members.stream().flatMap(m -> {
            String path = m.isAnonymous() ? enclosing : enclosing + "." + m.name();
            long offset = base + m.offset();
            return m.type() instanceof MemberType.Inline inline && !m.isArray()
                    ? leaves(path, offset, inline.members())
                    : Stream.of(new Leaf(path, offset, m.size(), m.type().toString(), m.dimensions(), m.bits()));
        });
    }
}
