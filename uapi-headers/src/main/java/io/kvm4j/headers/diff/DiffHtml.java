package io.kvm4j.headers.diff;

import io.kvm4j.headers.diff.Difference.Change;
import io.kvm4j.headers.diff.Difference.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** A diff as one HTML page that needs nothing else: style and script are in it. */
public final class DiffHtml {
    private static final String PAGE = "diff.html";

    private final SetDiff diff;

    private DiffHtml(SetDiff diff) {
        this.diff = diff;
    }

    /** The page. */
    public static String of(SetDiff diff) {
        DiffHtml html = new DiffHtml(diff);
        return page().replace("{{title}}", escape(diff.before() + " → " + diff.after()))
                .replace("{{before}}", escape(diff.before()))
                .replace("{{after}}", escape(diff.after()))
                .replace("{{architectures}}", chips(diff.architectures()))
                .replace("{{summary}}", html.summary())
                .replace("{{sections}}", html.sections());
    }

    private static String page() {
        try (InputStream stream = Objects.requireNonNull(DiffHtml.class.getResourceAsStream(PAGE), PAGE)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String summary() {
        return SetDiff.subjects().stream().map(this::card).collect(Collectors.joining());
    }

    private String card(Subject subject) {
        List<SetDiff.Entry> entries = diff.entries(subject);
        String counts = Arrays.stream(Change.values())
                .map(change -> "<span class=\"%s\">%c%d</span>"
                        .formatted(change.label(), change.sign(), DiffCounts.count(entries, change)))
                .collect(Collectors.joining(" "));
        return "<a class=\"card\" href=\"#%s\"><b>%s</b><span>%s</span></a>\n"
                .formatted(subject.label(), subject.heading(), counts);
    }

    private String sections() {
        return tasks("todo", "What a spec author has to write now", true)
                + tasks("free", "What comes by itself", false)
                + SetDiff.subjects().stream().map(this::section).collect(Collectors.joining());
    }

    private String tasks(String id, String heading, boolean work) {
        String rows = SpecTask.of(diff).stream()
                .filter(task -> task.kind().isWork() == work)
                .map(task -> "<li class=\"row\"><span class=\"tag\">%s</span><code>%s</code> %s</li>\n"
                        .formatted(
                                task.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                escape(task.name()),
                                escape(task.text())))
                .collect(Collectors.joining());
        return block(id, heading, rows.isEmpty() ? "<li class=\"row\">nothing</li>\n" : rows);
    }

    private String section(Subject subject) {
        List<SetDiff.Entry> entries = diff.entries(subject);
        String rows = entries.stream().map(this::row).collect(Collectors.joining());
        return entries.isEmpty() ? "" : block(subject.label(), subject.heading() + ": " + DiffCounts.of(entries), rows);
    }

    private static String block(String id, String heading, String rows) {
        return "<section id=\"%s\"><h2>%s</h2>\n<ul>\n%s</ul></section>\n".formatted(id, escape(heading), rows);
    }

    private String row(SetDiff.Entry entry) {
        Difference difference = entry.difference();
        boolean isEverywhere = entry.architectures().equals(diff.architectures());
        String line = line(difference) + "<small>" + escape(difference.header()) + "</small>"
                + (isEverywhere ? "" : chips(entry.architectures()));
        if (difference.fields().isEmpty()) {
            return "<li class=\"row\">" + line + "</li>\n";
        }
        String fields = difference.fields().stream()
                .map(field -> "<li>" + line(field) + "</li>\n")
                .collect(Collectors.joining());
        String open = difference.change() == Change.CHANGED ? " open" : "";
        return "<li class=\"row\"><details%s><summary>%s</summary><ul>\n%s</ul></details></li>\n"
                .formatted(open, line, fields);
    }

    private static String line(Difference difference) {
        return "<i class=\"%s\">%c</i><code>%s</code><span>%s</span>"
                .formatted(
                        difference.change().label(),
                        difference.change().sign(),
                        escape(difference.name()),
                        escape(difference.description()));
    }

    private static String chips(List<String> architectures) {
        return architectures.stream()
                .map(name -> "<span class=\"chip\">" + escape(name) + "</span>")
                .collect(Collectors.joining(" "));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
