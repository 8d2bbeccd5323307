package io.kvm4j.processor.resolve;

import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one declaration of those that two architectures have of a record, if they are alike: the same members of the
 * same types at the same places. The sign of a plain {@code char}, which C leaves open, makes no difference; where it
 * differs, the merged one has that of Java's {@code byte}.
 */
final class RecordMerge {
    private final boolean opaque;

    private RecordMerge(boolean opaque) {
        this.opaque = opaque;
    }

    /** Tells records of different sizes that are embedded by value apart. */
    static RecordMerge exact() {
        return new RecordMerge(false);
    }

    /**
     * Lets records that are embedded by value, and what encloses nothing else, differ in size, since nobody looks into
     * them: the merged ones have room for the largest.
     */
    static RecordMerge withOpaqueMembers() {
        return new RecordMerge(true);
    }

    /** The declaration that stands for both, or nothing if they are not alike. */
    Optional<RecordType> merge(RecordType a, RecordType b) {
        boolean alike = a.kind() == b.kind()
                && a.header().equals(b.header())
                && a.size() == b.size()
                && a.alignment() == b.alignment();
        return alike
                ? members(a.members(), b.members())
                        .map(m -> new RecordType(a.name(), a.kind(), a.header(), a.size(), a.alignment(), m))
                : Optional.empty();
    }

    private Optional<List<Member>> members(List<Member> a, List<Member> b) {
        List<Member> merged = new ArrayList<>();
        for (int i = 0; i < a.size() && i < b.size(); i++) {
            member(a.get(i), b.get(i)).ifPresent(merged::add);
        }
        return merged.size() == a.size() && merged.size() == b.size() ? Optional.of(merged) : Optional.empty();
    }

    private Optional<Member> member(Member a, Member b) {
        boolean alike = a.name().equals(b.name())
                && a.offset() == b.offset()
                && fits(a.size(), b.size())
                && a.dimensions().equals(b.dimensions())
                && a.bits().equals(b.bits());
        return alike
                ? type(a.type(), b.type())
                        .map(t -> new Member(
                                a.name(), t, a.offset(), Math.max(a.size(), b.size()), a.dimensions(), a.bits()))
                : Optional.empty();
    }

    private Optional<MemberType> type(MemberType a, MemberType b) {
        if (a.equals(b)) {
            return Optional.of(a);
        }
        return switch (a) {
            case MemberType.Integer i
            when b instanceof MemberType.Integer j && isChar(i) && isChar(j) -> Optional.of(i.signed() ? i : j);
            case MemberType.Named n
            when b instanceof MemberType.Named m && n.spelling().equals(m.spelling()) && fits(n.size(), m.size()) ->
                Optional.of(n.size() > m.size() ? n : m);
            case MemberType.Inline i
            when b instanceof MemberType.Inline j && i.kind() == j.kind() && fits(i.size(), j.size()) -> inline(i, j);
            default -> Optional.empty();
        };
    }

    private Optional<MemberType> inline(MemberType.Inline a, MemberType.Inline b) {
        boolean alike = fits(a.alignment(), b.alignment());
        return alike
                ? members(a.members(), b.members())
                        .map(m -> new MemberType.Inline(
                                a.kind(), Math.max(a.size(), b.size()), Math.max(a.alignment(), b.alignment()), m))
                : Optional.empty();
    }

    private boolean fits(long a, long b) {
        return opaque || a == b;
    }

    private static boolean isChar(MemberType.Integer type) {
        return type.spelling().equals("char");
    }
}
