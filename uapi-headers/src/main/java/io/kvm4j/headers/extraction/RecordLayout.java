package io.kvm4j.headers.extraction;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.c.CMember;
import io.kvm4j.headers.c.CType;
import io.kvm4j.headers.extraction.Declarations.TaggedRecord;
import io.kvm4j.snapshot.BitRange;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordKind;
import io.kvm4j.snapshot.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Lays out one record: libclang tells sizes and offsets of whatever C can name, C's rules give those of anonymous
 * members and bit-fields.
 */
final class RecordLayout {
    private static final Set<String> NOT_INTEGERS =
            Set.of("void", "float", "double", "long double", "_Float16", "__float128", "float _Complex");

    private final Declarations declarations;
    private final Evaluator evaluator;
    private final String cType;

    RecordLayout(Declarations declarations, Evaluator evaluator, TaggedRecord tagged) {
        this.declarations = declarations;
        this.evaluator = evaluator;
        this.cType = tagged.cType();
    }

    /**
     * Lays out a record.
     *
     * @throws HeadersException with {@link Problem#HEADERS_UNSUPPORTED} for members that a snapshot cannot express
     */
    static RecordType of(Declarations declarations, Evaluator evaluator, TaggedRecord tagged) {
        return new RecordLayout(declarations, evaluator, tagged).lay(tagged);
    }

    private RecordType lay(TaggedRecord tagged) {
        long size = evaluator.value("sizeof(" + cType + ")");
        long alignment = evaluator.value("_Alignof(" + cType + ")");
        Scope scope = new Scope(tagged.aggregate(), "", 0, size, alignment);
        return new RecordType(
                tagged.tag(), tagged.aggregate().kind(), tagged.header(), size, alignment, members(scope));
    }

    /**
     * An aggregate whose members are laid out.
     *
     * @param path what goes before a member's name in {@code offsetof}: empty, or a path with a dot at its end
     * @param start the aggregate's offset from the start of the record
     */
    private record Scope(CType.Aggregate aggregate, String path, long start, long size, long alignment) {}

    private List<Member> members(Scope scope) {
        BitFieldPlacement bits = new BitFieldPlacement(
                scope.aggregate().kind(),
                scope.size(),
                hasBitFields(scope) && isPacked(scope),
                evaluator.holds(BitFieldPlacement.BIG_ENDIAN));
        List<Member> members = new ArrayList<>();
        for (CMember declared : scope.aggregate().members()) {
            if (declared.bits().isPresent()) {
                bitField(declared, bits).ifPresent(members::add);
            } else if (!isEmptyDeclaration(declared)) {
                Member member = declared.name().isEmpty()
                        ? anonymous(declared, scope, bits.position())
                        : named(declarations.resolve(declared), scope);
                bits.skipTo(member.offset() + member.size());
                members.add(member);
            }
        }
        return members;
    }

    /** {@code struct inner { … };} inside of a record declares a type but no member. */
    private static boolean isEmptyDeclaration(CMember member) {
        return member.name().isEmpty()
                && !(member.type() instanceof CType.Aggregate aggregate
                        && aggregate.tag().isEmpty());
    }

    private Member named(CMember declared, Scope scope) {
        String path = scope.path() + declared.name();
        long offset = offset(path);
        String element = path + "[0]".repeat(declared.dimensions().size());
        MemberType type = memberType(declared, element, offset);
        long size = declared.dimensions().stream().reduce(type.size(), Math::multiplyExact);
        return new Member(declared.name(), type, offset - scope.start(), size, declared.dimensions(), BitRange.NONE);
    }

    private MemberType memberType(CMember declared, String element, long offset) {
        String object = object(element);
        long size = evaluator.value("sizeof(" + object + ")");
        return switch (declared.type()) {
            case CType.Word(String spelling, String name) -> {
                if (NOT_INTEGERS.contains(name)) {
                    throw unsupported("the member " + element + " of type " + spelling);
                }
                yield new MemberType.Integer(spelling, size, isSigned("__typeof__(" + object + ")"));
            }
            case CType.Enumeration type ->
                new MemberType.Integer(type.spelling(), size, isSigned("__typeof__(" + object + ")"));
            case CType.Pointer(String spelling) -> new MemberType.Pointer(spelling, size);
            case CType.Reference(RecordKind kind, String tag) -> new MemberType.Named(kind, tag, size);
            case CType.Aggregate aggregate -> {
                long alignment = evaluator.value("_Alignof(__typeof__(" + object + "))");
                Scope inner = new Scope(aggregate, element + ".", offset, size, alignment);
                yield new MemberType.Inline(aggregate.kind(), size, alignment, members(inner));
            }
            case CType.Function type -> throw unsupported("the member " + element + " of type " + type.spelling());
        };
    }

    private Optional<Member> bitField(CMember declared, BitFieldPlacement bits) {
        CType type = declared.type();
        String spelling = type instanceof CType.Enumeration ? "unsigned int" : type.spelling();
        long size = evaluator.value("sizeof(" + spelling + ")");
        int width = declared.bits().getAsInt();
        Optional<BitFieldPlacement.Unit> place = bits.place(size, evaluator.value("_Alignof(" + spelling + ")"), width);
        if (declared.name().isEmpty()) {
            return Optional.empty();
        }
        evaluator.require(
                place.isPresent(),
                () -> unsupported("the bit-field " + declared.name() + ", which no storage unit holds"));
        BitFieldPlacement.Unit unit = place.orElse(new BitFieldPlacement.Unit(0, size, 0));
        MemberType.Integer integer = new MemberType.Integer(type.spelling(), unit.size(), isSigned(spelling));
        return Optional.of(new Member(
                declared.name(), integer, unit.offset(), unit.size(), List.of(), new BitRange(unit.shift(), width)));
    }

    /**
     * An anonymous struct or union. C cannot name it, so its place follows from its members.
     *
     * @param position the first bit after the members before it
     */
    private Member anonymous(CMember declared, Scope scope, long position) {
        CType.Aggregate aggregate = (CType.Aggregate) declared.type();
        long alignment = anonymousAlignment(aggregate, scope.path());
        long start = anonymousStart(aggregate, scope.path())
                .orElseGet(() -> scope.start()
                        + (scope.aggregate().kind() == RecordKind.UNION
                                ? 0
                                : BitFieldPlacement.roundUp(position, alignment * Byte.SIZE) / Byte.SIZE));
        Scope inner = new Scope(aggregate, scope.path(), start, scope.size() - (start - scope.start()), alignment);
        List<Member> members = members(inner);
        long end = members.stream()
                .mapToLong(member -> member.offset() + member.size())
                .max()
                .orElse(0);
        long size = BitFieldPlacement.roundUp(end, alignment);
        return new Member(
                "",
                new MemberType.Inline(aggregate.kind(), size, alignment, members),
                start - scope.start(),
                size,
                List.of(),
                BitRange.NONE);
    }

    /** clang's {@code __alignof__} of a member never exceeds the alignment of the aggregate it is a direct member of. */
    private long anonymousAlignment(CType.Aggregate aggregate, String path) {
        long alignment = 1;
        for (CMember member : aggregate.members()) {
            if (member.bits().isPresent()) {
                alignment = Math.max(alignment, member.name().isEmpty() ? 1 : bitFieldAlignment(member));
            } else if (!member.name().isEmpty()) {
                alignment = Math.max(alignment, evaluator.value("__alignof__(" + object(path + member.name()) + ")"));
            } else if (member.type() instanceof CType.Aggregate nested) {
                alignment = Math.max(alignment, anonymousAlignment(nested, path));
            }
        }
        return alignment;
    }

    private long bitFieldAlignment(CMember member) {
        return evaluator.value("_Alignof("
                + (member.type() instanceof CType.Enumeration
                        ? "unsigned int"
                        : member.type().spelling()) + ")");
    }

    /** The offset of an anonymous aggregate from the record's start, known if it starts with a member that has a name. */
    private OptionalLong anonymousStart(CType.Aggregate aggregate, String path) {
        for (CMember member : aggregate.members()) {
            OptionalLong start = OptionalLong.empty();
            if (member.bits().isEmpty() && !member.name().isEmpty()) {
                start = OptionalLong.of(offset(path + member.name()));
            } else if (member.bits().isEmpty() && member.type() instanceof CType.Aggregate nested) {
                start = anonymousStart(nested, path);
            }
            if (start.isPresent() || aggregate.kind() == RecordKind.STRUCT) {
                return start;
            }
        }
        return OptionalLong.empty();
    }

    private static boolean hasBitFields(Scope scope) {
        return scope.aggregate().members().stream()
                .anyMatch(member -> member.bits().isPresent());
    }

    /** Whether members stand closer than their types ask for. */
    private boolean isPacked(Scope scope) {
        boolean packed = false;
        for (CMember member : scope.aggregate().members()) {
            if (member.bits().isPresent()) {
                packed |= member.bits().getAsInt() > 0 && scope.alignment() < bitFieldAlignment(member);
            } else if (!member.name().isEmpty()) {
                String object = object(scope.path() + member.name());
                packed |= scope.alignment() < evaluator.value("_Alignof(__typeof__(" + object + "))");
            }
        }
        return packed;
    }

    private boolean isSigned(String type) {
        return evaluator.holds("((" + type + ")-1) < 1");
    }

    private long offset(String path) {
        return evaluator.value("__builtin_offsetof(" + cType + ", " + path + ")");
    }

    private String object(String path) {
        return "((" + cType + " *)0)->" + path;
    }

    private HeadersException unsupported(String what) {
        return new HeadersException(Problem.HEADERS_UNSUPPORTED, "snapshots cannot express " + what + " in " + cType);
    }
}
