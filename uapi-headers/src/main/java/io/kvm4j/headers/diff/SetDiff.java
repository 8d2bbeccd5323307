package io.kvm4j.headers.diff;

import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.diff.Difference.Subject;
import io.kvm4j.headers.sets.SnapshotSet;
import io.kvm4j.snapshot.SpecClaims;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What two header sets declare differently, on all architectures that are compared.
 *
 * @param before the name of the earlier set
 * @param after the name of the later set
 * @param diffs one for each architecture
 * @param claims what the specs say already, which is none of what their author has to write
 */
public record SetDiff(String before, String after, List<SnapshotDiff> diffs, SpecClaims claims) {

    /**
     * A difference, and where it is.
     *
     * @param architectures the architectures on which the two sets differ in just this way
     */
    public record Entry(Difference difference, List<String> architectures) {
        public Entry {
            architectures = List.copyOf(architectures);
        }
    }

    public SetDiff {
        diffs = List.copyOf(diffs);
    }

    /**
     * Compares two sets.
     *
     * @param architectures what to compare; if empty, all that both sets have
     * @throws HeadersException with {@link Problem#UNKNOWN_ARCHITECTURE} if one of the sets lacks an architecture, or the
     *     two have none in common
     */
    public static SetDiff of(SnapshotSet before, SnapshotSet after, List<String> architectures) {
        List<String> compared = architectures.isEmpty()
                ? before.architectures().stream()
                        .filter(after.architectures()::contains)
                        .toList()
                : architectures;
        if (compared.isEmpty()) {
            throw new HeadersException(
                    Problem.UNKNOWN_ARCHITECTURE,
                    before.name() + " has " + before.architectures() + " and " + after.name() + " has "
                            + after.architectures() + ": name two sets with an architecture in common");
        }
        return new SetDiff(
                before.name(),
                after.name(),
                compared.stream()
                        .map(name -> SnapshotDiff.of(before.snapshot(name), after.snapshot(name)))
                        .toList(),
                SpecClaims.none());
    }

    /** Returns the same differences, seen by the author of specs that claim something. */
    public SetDiff with(SpecClaims specs) {
        return new SetDiff(before, after, diffs, specs);
    }

    /** The architectures that were compared. */
    public List<String> architectures() {
        return diffs.stream().map(diff -> diff.after().architecture()).toList();
    }

    /** The differences of a kind, each once, in the order of their names. */
    public List<Entry> entries(Subject subject) {
        Map<Difference, List<String>> places = new LinkedHashMap<>();
        for (SnapshotDiff diff : diffs) {
            for (Difference difference : diff.differences()) {
                if (difference.subject() == subject) {
                    places.computeIfAbsent(difference, _ -> new ArrayList<>())
                            .add(diff.after().architecture());
                }
            }
        }
        return places.entrySet().stream()
                .map(place -> new Entry(place.getKey(), place.getValue()))
                .sorted(Comparator.comparing(entry -> entry.difference().name()))
                .toList();
    }

    /** The kinds that differences are told by. */
    public static List<Subject> subjects() {
        return List.of(Subject.IOCTL, Subject.RECORD, Subject.EXIT, Subject.CAPABILITY, Subject.CONSTANT);
    }

    /** Whether the two sets declare the same. */
    public boolean isEmpty() {
        return diffs.stream().allMatch(diff -> diff.differences().isEmpty());
    }
}
