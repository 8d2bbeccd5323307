package io.kvm4j.processor.resolve;

import com.palantir.javapoet.ClassName;
import io.kvm4j.processor.model.Field;
import io.kvm4j.processor.model.LayoutElement;
import io.kvm4j.processor.model.Names;
import io.kvm4j.processor.model.Scalar;
import io.kvm4j.processor.model.View;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordKind;
import io.kvm4j.snapshot.RecordType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the view of one record, or of one record that is declared in place: its names, fields and layout. */
final class ViewResolver {
    private static final int WIDEST_SCALAR = Long.BYTES;

    private final TypeTable types;
    private final ClassName type;
    private final String header;
    private final long alignment;
    private final Set<String> fieldNames = new HashSet<>();
    private final Set<String> typeNames = new HashSet<>();
    private final List<Field> fields = new ArrayList<>();
    private final List<View> nested = new ArrayList<>();

    private ViewResolver(TypeTable types, ClassName type, String header, long alignment) {
        this.types = types;
        this.type = type;
        this.header = header;
        this.alignment = alignment;
        typeNames.addAll(type.simpleNames());
    }

    /**
     * Makes the view of a record.
     *
     * @param count the C name of the member that counts the flexible array's elements, if a spec names one
     */
    static View resolve(RecordType record, TypeTable types, Optional<String> count) {
        ViewResolver resolver =
                new ViewResolver(types, types.type(record.name()).orElseThrow(), record.header(), record.alignment());
        return resolver.view(
                record.kind(), record.name(), CDeclarations.of(record), record.size(), record.members(), count);
    }

    private View view(
            RecordKind kind,
            String cName,
            List<String> declaration,
            long size,
            List<Member> members,
            Optional<String> count) {
        long flexibleArrays = flexibleArrays(members);
        members.forEach(m -> addFields(m, 0, flexibleArrays == 1));
        List<LayoutElement> layout = layout(kind, members, 0, size);
        return new View(
                type,
                kind,
                cName,
                header,
                declaration,
                size,
                alignment,
                fields,
                layout,
                offsets(members),
                nested,
                count.flatMap(this::number));
    }

    private Optional<Field.Numeric> number(String cName) {
        return fields.stream()
                .filter(f -> f.cName().equals(cName) && !f.isPredicate())
                .flatMap(f -> f instanceof Field.Numeric n
                        ? Optional.of(n).stream()
                        : Optional.<Field.Numeric>empty().stream())
                .findFirst();
    }

    private void addFields(Member member, long base, boolean soleFlexibleArray) {
        long offset = base + member.offset();
        if (isEmptyMarker(member)) {
            return;
        }
        if (member.isAnonymous()) {
            if (member.type() instanceof MemberType.Inline inline) {
                inline.members().forEach(m -> addFields(m, offset, soleFlexibleArray));
            }
            return;
        }
        String wanted = member.isFlexibleArray() && soleFlexibleArray ? "entry" : Names.member(member.name());
        String name = Names.unique(wanted, fieldNames);
        fields.add(field(member, name, offset));
    }

    private Field field(Member member, String name, long offset) {
        String cName = member.name();
        String declaration = CDeclarations.of(member);
        return switch (member.type()) {
            case MemberType.Integer i
            when i.size() > WIDEST_SCALAR -> new Field.Bytes(name, cName, declaration, offset, member.size());
            case MemberType.Integer i
            when member.bits().isBitField() ->
                new Field.Bits(
                        name,
                        cName,
                        declaration,
                        offset,
                        scalar(i.size(), i.signed(), offset),
                        member.bits().shift(),
                        member.bits().width());
            case MemberType.Integer i -> numbers(member, name, offset, scalar(i.size(), i.signed(), offset));
            case MemberType.Pointer p -> numbers(member, name, offset, scalar(p.size(), false, offset));
            case MemberType.Named n
            when types.isOpaque(n) -> new Field.Bytes(name, cName, declaration, offset, member.size());
            case MemberType.Named n ->
                views(member, name, offset, types.type(n.name()).orElseThrow(), types.isFlexible(n));
            case MemberType.Inline i -> {
                View view = inline(member, i, offset);
                nested.add(view);
                yield views(member, name, offset, view.type(), view.isFlexible());
            }
        };
    }

    private static Field numbers(Member member, String name, long offset, Scalar scalar) {
        String declaration = CDeclarations.of(member);
        return member.isArray()
                ? new Field.NumberArray(
                        name, member.name(), declaration, offset, scalar, member.dimensions(), List.of())
                : new Field.Numeric(name, member.name(), declaration, offset, scalar, List.of());
    }

    private static Field views(Member member, String name, long offset, ClassName type, boolean flexible) {
        String declaration = CDeclarations.of(member);
        long size = member.type().size();
        return member.isArray()
                ? new Field.NestedArray(name, member.name(), declaration, offset, type, size, member.dimensions())
                : new Field.Nested(name, member.name(), declaration, offset, type, size, flexible);
    }

    private View inline(Member member, MemberType.Inline inline, long offset) {
        ClassName nestedType = type.nestedClass(Names.unique(Names.record(member.name(), inline.kind()), typeNames));
        long placed = Math.min(inline.alignment(), alignmentAt(offset));
        long aligned = member.isArray() ? Math.min(placed, lowestBit(inline.size(), placed)) : placed;
        ViewResolver resolver = new ViewResolver(types, nestedType, header, aligned);
        resolver.typeNames.addAll(typeNames);
        return resolver.view(
                inline.kind(),
                member.name(),
                CDeclarations.of(member, inline),
                inline.size(),
                inline.members(),
                Optional.empty());
    }

    /** The elements of a record that starts at {@code base} of this view; gaps and bit-fields become padding. */
    private List<LayoutElement> layout(RecordKind kind, List<Member> members, long base, long size) {
        List<LayoutElement> elements = new ArrayList<>();
        long end = 0;
        for (Member member : members) {
            if (!isInLayout(member)) {
                continue;
            }
            if (kind == RecordKind.STRUCT && member.offset() > end) {
                elements.add(new LayoutElement.Padding(member.offset() - end));
            }
            elements.add(element(member, base + member.offset()));
            end = kind == RecordKind.STRUCT ? member.offset() + member.size() : Math.max(end, member.size());
        }
        if (end < size) {
            elements.add(new LayoutElement.Padding(kind == RecordKind.STRUCT ? size - end : size));
        }
        return elements;
    }

    private LayoutElement element(Member member, long offset) {
        String name = member.name();
        String inner = member.isArray() ? "" : name;
        LayoutElement element = switch (member.type()) {
            case MemberType.Integer i when i.size() > WIDEST_SCALAR -> new LayoutElement.Bytes(inner, i.size());
            case MemberType.Integer i -> new LayoutElement.Value(inner, scalar(i.size(), i.signed(), offset));
            case MemberType.Pointer p -> new LayoutElement.Value(inner, scalar(p.size(), false, offset));
            case MemberType.Named n
            when types.isOpaque(n) || types.alignment(n) > alignmentAt(offset) ->
                new LayoutElement.Bytes(inner, n.size());
            case MemberType.Named n ->
                new LayoutElement.View(inner, types.type(n.name()).orElseThrow(), types.alignment(n));
            case MemberType.Inline i
            when member.isAnonymous() ->
                new LayoutElement.Group(inner, i.kind(), layout(i.kind(), i.members(), offset, i.size()));
            case MemberType.Inline _ -> {
                View view = nested(name);
                yield new LayoutElement.View(inner, view.type(), view.alignment());
            }
        };
        return member.isArray() ? new LayoutElement.Array(name, member.dimensions(), element) : element;
    }

    private View nested(String cName) {
        return nested.stream().filter(v -> v.cName().equals(cName)).findFirst().orElseThrow();
    }

    private static List<Long> offsets(List<Member> members) {
        return members.stream()
                .filter(ViewResolver::isInLayout)
                .map(Member::offset)
                .toList();
    }

    private Scalar scalar(long size, boolean signed, long offset) {
        return new Scalar((int) size, signed, alignmentAt(offset) >= size);
    }

    /** The alignment that an address has that lies {@code offset} bytes behind the start of this view. */
    private long alignmentAt(long offset) {
        return lowestBit(offset, alignment);
    }

    private static long lowestBit(long offset, long otherwise) {
        return offset == 0 ? otherwise : Math.min(otherwise, Long.lowestOneBit(offset));
    }

    private static boolean isInLayout(Member member) {
        return !member.bits().isBitField() && !isEmptyMarker(member);
    }

    /** Whether this is the empty struct that lets C put a flexible array into a union. */
    private static boolean isEmptyMarker(Member member) {
        return member.type() instanceof MemberType.Inline inline
                && inline.members().isEmpty();
    }

    private static long flexibleArrays(List<Member> members) {
        return members.stream()
                .mapToLong(m -> switch (m.type()) {
                    case MemberType.Inline i when m.isAnonymous() -> flexibleArrays(i.members());
                    default -> m.isFlexibleArray() ? 1 : 0;
                })
                .sum();
    }
}
