package io.kvm4j.uapi.conformance;

import io.kvm4j.processor.model.Names;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds every leaf of a struct by name. Only names come from the snapshot: where a leaf lies, how wide it is and whether
 * it is signed is C's to say.
 */
final class Leaves {
    /** How many elements a flexible array gets. */
    static final int FLEXIBLE_COUNT = 4;

    private final Snapshot snapshot;
    private final String struct;
    private final Class<?> outermost;
    private final List<Leaf> leaves = new ArrayList<>();

    private Leaves(Snapshot snapshot, RecordType record, Class<?> outermost) {
        this.snapshot = snapshot;
        this.struct = record.cType();
        this.outermost = outermost;
    }

    /** All leaves of a record, those of the records that it embeds included. */
    static List<Leaf> of(Snapshot snapshot, RecordType record, Class<?> view) throws NoSuchMethodException {
        Leaves leaves = new Leaves(snapshot, record, view);
        leaves.walk(record.members(), view, "", List.of());
        return leaves.leaves;
    }

    private void walk(List<Member> members, Class<?> view, String prefix, List<Leaf.Step> path)
            throws NoSuchMethodException {
        walk(members, view, prefix, path, new HashSet<>(), flexibleArrays(members) == 1);
    }

    private void walk(
            List<Member> members,
            Class<?> view,
            String prefix,
            List<Leaf.Step> path,
            Set<String> names,
            boolean soleFlexibleArray)
            throws NoSuchMethodException {
        for (Member member : members) {
            if (member.type() instanceof MemberType.Inline inline && member.isAnonymous()) {
                walk(inline.members(), view, prefix, path, names, soleFlexibleArray);
            } else if (!isEmptyMarker(member) && !member.isAnonymous()) {
                boolean isEntry = member.isFlexibleArray() && soleFlexibleArray;
                String name = Names.unique(isEntry ? "entry" : Names.member(member.name()), names);
                member(member, view, prefix + member.name(), path, name);
            }
        }
    }

    private void member(Member member, Class<?> view, String expression, List<Leaf.Step> path, String name)
            throws NoSuchMethodException {
        if (member.isArray()) {
            boolean flexible = member.isFlexibleArray();
            add(view, expression, path, name, List.of(), flexible ? Leaf.Kind.OPEN_BYTES : Leaf.Kind.BYTES);
        }
        for (List<Integer> indices : indices(member.dimensions())) {
            StringBuilder element = new StringBuilder(expression);
            indices.forEach(i -> element.append('[').append(i).append(']'));
            element(member.type(), view, element.toString(), path, name, indices);
        }
    }

    private void element(
            MemberType type, Class<?> view, String expression, List<Leaf.Step> path, String name, List<Integer> indices)
            throws NoSuchMethodException {
        boolean opaque = isOpaque(type, view, name, indices);
        switch (type) {
            case MemberType.Integer _, MemberType.Pointer _ ->
                add(view, expression, path, name, indices, opaque ? Leaf.Kind.BYTES : Leaf.Kind.NUMBER);
            case MemberType.Named _ when opaque -> add(view, expression, path, name, indices, Leaf.Kind.BYTES);
            case MemberType.Named n ->
                walk(
                        snapshot.record(n.name()).orElseThrow().members(),
                        returned(view, name, indices),
                        expression + ".",
                        longer(path, name, indices));
            case MemberType.Inline i ->
                walk(i.members(), returned(view, name, indices), expression + ".", longer(path, name, indices));
        }
    }

    /** 128-bit numbers, and what belongs to one architecture inside a neutral struct, are slices. */
    private static boolean isOpaque(MemberType type, Class<?> view, String name, List<Integer> indices)
            throws NoSuchMethodException {
        return !(type instanceof MemberType.Inline)
                && returned(view, name, indices) == java.lang.foreign.MemorySegment.class;
    }

    private void add(
            Class<?> view, String expression, List<Leaf.Step> path, String name, List<Integer> indices, Leaf.Kind kind)
            throws NoSuchMethodException {
        returned(view, name, indices);
        leaves.add(new Leaf(struct, outermost, expression, path, name, indices, kind));
    }

    private static Class<?> returned(Class<?> view, String name, List<Integer> indices) throws NoSuchMethodException {
        Class<?>[] parameters =
                Stream.generate(() -> int.class).limit(indices.size()).toArray(Class<?>[]::new);
        return view.getMethod(name, parameters).getReturnType();
    }

    private static List<Leaf.Step> longer(List<Leaf.Step> path, String name, List<Integer> indices) {
        List<Leaf.Step> longer = new ArrayList<>(path);
        longer.add(new Leaf.Step(name, indices));
        return longer;
    }

    /** The first, a middle and the last element of each dimension. */
    private static List<List<Integer>> indices(List<Long> dimensions) {
        List<List<Integer>> all = List.of(List.of());
        for (long dimension : dimensions) {
            int length = dimension == 0 ? FLEXIBLE_COUNT : (int) dimension;
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> start : all) {
                for (int index : new int[] {0, length / 2, length - 1}) {
                    List<Integer> indices = new ArrayList<>(start);
                    indices.add(index);
                    longer.add(indices);
                }
            }
            all = longer.stream().distinct().toList();
        }
        return all;
    }

    private static boolean isEmptyMarker(Member member) {
        return member.type() instanceof MemberType.Inline inline
                && inline.members().isEmpty();
    }

    private static long flexibleArrays(List<Member> members) {
        return members.stream()
                .mapToLong(m -> m.type() instanceof MemberType.Inline i && m.isAnonymous()
                        ? flexibleArrays(i.members())
                        : m.isFlexibleArray() ? 1 : 0)
                .sum();
    }
}
