package io.kvm4j.processor.completion;

import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the declarations of a completed header set come from: from its own headers, or from those that the specs were
 * written for.
 *
 * @param set the header set
 * @param specSet the set that the specs were written for
 * @param added the names of the constants and records that only the latter has
 * @param unseen the names of the constants that only the former has, which no author of a spec can know of
 * @param extended the names of the records of which the latter has more members
 */
public record Provenance(String set, String specSet, Set<String> added, Set<String> unseen, Set<String> extended) {
    /** All comes from the headers that the specs were written for. */
    public static final Provenance SAME = new Provenance("", "", Set.of(), Set.of(), Set.of());

    public Provenance {
        added = Set.copyOf(added);
        unseen = Set.copyOf(unseen);
        extended = Set.copyOf(extended);
    }

    /** Compares a set, before and after it was completed, with the set that completed it. */
    static Provenance of(List<Snapshot> own, List<Snapshot> completed, List<Snapshot> specs) {
        Set<String> has = names(own, Provenance::names);
        Set<String> knows = names(specs, Provenance::names);
        return new Provenance(
                own.getFirst().headerSet(),
                specs.getFirst().headerSet(),
                names(completed, s -> names(s).filter(n -> !has.contains(n))),
                names(own, s -> s.constants().stream().map(Constant::name).filter(n -> !knows.contains(n))),
                names(
                        completed,
                        s -> s.records().stream()
                                .filter(r ->
                                        has.contains(r.name()) && !own.stream().anyMatch(o -> declares(o, r)))
                                .map(RecordType::name)));
    }

    /** What to say of a declaration that is not, or not all, in the set's own headers. */
    public Optional<String> remark(String name) {
        if (added.contains(name)) {
            return Optional.of("Not in the headers of %s: declared as in those of %s.".formatted(set, specSet));
        }
        return extended.contains(name)
                ? Optional.of(
                        "With members that are not in the headers of %s, but in those of %s.".formatted(set, specSet))
                : Optional.empty();
    }

    /** How a macro relates to the headers at hand and to those that the specs were written for. */
    public enum Familiarity {
        /** Both have it. */
        KNOWN,
        /** Only the headers at hand have it. */
        UNSEEN,
        /** Only those that the specs were written for have it. */
        ADDED
    }

    /** Who has a macro. */
    public Familiarity familiarity(Constant macro) {
        if (added.contains(macro.name())) {
            return Familiarity.ADDED;
        }
        return unseen.contains(macro.name()) ? Familiarity.UNSEEN : Familiarity.KNOWN;
    }

    /** How many declarations the set's own headers lack. */
    public int lacking() {
        return added.size() + extended.size();
    }

    /** Whether headers have a record with the same members. */
    private static boolean declares(Snapshot snapshot, RecordType r) {
        return snapshot.record(r.name())
                .filter(own -> own.members().equals(r.members()))
                .isPresent();
    }

    private static Stream<String> names(Snapshot snapshot) {
        return Stream.concat(
                snapshot.constants().stream().map(Constant::name),
                snapshot.records().stream().map(RecordType::name));
    }

    private static Set<String> names(List<Snapshot> snapshots, Function<Snapshot, Stream<String>> names) {
        return snapshots.stream().flatMap(names).collect(Collectors.toSet());
    }
}
