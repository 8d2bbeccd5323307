package io.kvm4j.headers.diff;

import io.kvm4j.headers.diff.Difference.Change;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How many differences of a kind there are. */
final class DiffCounts {
    private DiffCounts() {}

    /** For example {@code 3 added, 1 changed}; a name that differs by architecture counts once for each way. */
    static String of(List<SetDiff.Entry> entries) {
        return Arrays.stream(Change.values())
                .map(change -> count(entries, change) + " " + change.label())
                .filter(text -> !text.startsWith("0 "))
                .collect(Collectors.joining(", "));
    }

    static long count(List<SetDiff.Entry> entries, Change change) {
        return entries.stream()
                .filter(entry -> entry.difference().change() == change)
                .count();
    }
}
