package io.kvm4j.snapshot;

import java.util.List;
import java.util.Set;

/** Checks where the members of one record lie: within it, and in a struct behind one another, bit by bit. */
final class RecordPlaces {
    /** Where bit-fields are counted from the most significant bit of their unit. */
    private static final Set<String> BIG_ENDIAN =
            Set.of("s390x", "s390", "mips", "mips64", "powerpc", "powerpc64", "sparc64", "m68k", "parisc");

    private final boolean isBigEndian;

    RecordPlaces(String architecture) {
        this.isBigEndian = BIG_ENDIAN.contains(architecture);
    }

    void check(JsonObject object, RecordKind kind, long size, long alignment, List<Member> members)
            throws SnapshotFormatException {
        if (Long.bitCount(alignment) != 1 || alignment > Limits.ALIGNMENT) {
            throw object.problem("an alignment of " + alignment + " is no power of two up to " + Limits.ALIGNMENT);
        }
        if (size % alignment != 0) {
            throw object.problem("a size of " + size + " is no multiple of the alignment, " + alignment);
        }
        long endBit = 0;
        for (Member member : members) {
            requireWithin(object, kind, size, member);
            long firstBit = firstBit(member);
            if (kind == RecordKind.UNION ? member.offset() != 0 : firstBit < endBit) {
                throw object.problem(
                        "%s at offset %d overlaps what is before it".formatted(describe(member), member.offset()));
            }
            endBit = firstBit + bits(member);
        }
    }

    private static void requireWithin(JsonObject object, RecordKind kind, long size, Member member)
            throws SnapshotFormatException {
        BitRange bits = member.bits();
        long taken = bits.isBitField() ? Math.ceilDiv(bits.shift() + bits.width(), Byte.SIZE) : member.size();
        if (taken > size || member.offset() > size - taken) {
            throw object.problem("%s at offset %d is not within the %d bytes of its %s"
                    .formatted(describe(member), member.offset(), size, kind.keyword()));
        }
    }

    private long firstBit(Member member) {
        BitRange bits = member.bits();
        long unit = member.offset() * Byte.SIZE;
        if (!bits.isBitField()) {
            return unit;
        }
        return unit + (isBigEndian ? member.size() * Byte.SIZE - bits.shift() - bits.width() : bits.shift());
    }

    private static long bits(Member member) {
        return member.bits().isBitField() ? member.bits().width() : member.size() * Byte.SIZE;
    }

    private static String describe(Member member) {
        return member.isAnonymous() ? "an anonymous member" : "\"" + member.name() + "\"";
    }
}
