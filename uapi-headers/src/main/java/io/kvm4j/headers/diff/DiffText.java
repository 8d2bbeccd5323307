package io.kvm4j.headers.diff;

import io.kvm4j.headers.diff.Difference.Change;
import io.kvm4j.headers.diff.Difference.Subject;
import java.util.ArrayList;
import java.util.List;

/** A diff as text: a line for each difference, the fields of a struct indented below it. */
public final class DiffText {
    private final SetDiff diff;
    private final List<String> lines = new ArrayList<>();

    private DiffText(SetDiff diff) {
        this.diff = diff;
    }

    /** The lines of the text. */
    public static List<String> of(SetDiff diff) {
        return new DiffText(diff).lines();
    }

    private List<String> lines() {
        lines.add(diff.before() + " → " + diff.after() + " on " + String.join(", ", diff.architectures()));
        if (diff.isEmpty()) {
            lines.add("both declare the same");
            return lines;
        }
        SetDiff.subjects().forEach(this::subject);
        tasks();
        return lines;
    }

    private void subject(Subject subject) {
        List<SetDiff.Entry> entries = diff.entries(subject);
        if (!entries.isEmpty()) {
            lines.add("");
            lines.add(subject.heading() + ": " + DiffCounts.of(entries));
            entries.forEach(this::entry);
        }
    }

    private void entry(SetDiff.Entry entry) {
        boolean isEverywhere = entry.architectures().equals(diff.architectures());
        String where = isEverywhere ? "" : "  [" + String.join(", ", entry.architectures()) + "]";
        lines.add("  " + line(entry.difference()) + where);
        if (entry.difference().change() != Change.REMOVED) {
            entry.difference().fields().forEach(field -> lines.add("      " + line(field)));
        }
    }

    private static String line(Difference difference) {
        return difference.change().sign() + " " + difference.name() + ": " + difference.description();
    }

    private void tasks() {
        List<SpecTask> tasks = SpecTask.of(diff);
        tasks("What a spec author has to write now", tasks, true);
        tasks("What comes by itself", tasks, false);
    }

    private void tasks(String heading, List<SpecTask> tasks, boolean work) {
        List<String> some = tasks.stream()
                .filter(task -> task.kind().isWork() == work)
                .map(task -> "  " + task.name() + ": " + task.text())
                .toList();
        if (work || !some.isEmpty()) {
            lines.add("");
            lines.add(heading);
            lines.addAll(some.isEmpty() ? List.of("  nothing") : some);
        }
    }
}
