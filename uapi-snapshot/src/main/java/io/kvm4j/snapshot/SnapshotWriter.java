package io.kvm4j.snapshot;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes a snapshot, one line per leaf; Jackson's pretty printers break lines by depth, not by meaning. */
final class SnapshotWriter {
    private static final String INDENT = "  ";

    String write(Snapshot snapshot) {
        return "{\n"
                + List.of(
                                INDENT + entry("headerSet", quote(snapshot.headerSet())),
                                INDENT + entry("architecture", quote(snapshot.architecture())),
                                INDENT + entry("headers", lines(snapshot.headers(), 1, this::header)),
                                INDENT + entry("records", lines(snapshot.records(), 1, this::recordType)),
                                INDENT + entry("constants", lines(snapshot.constants(), 1, this::constant)),
                                INDENT + entry("ioctls", lines(snapshot.ioctls(), 1, this::ioctl)),
                                INDENT
                                        + entry(
                                                "unavailableIoctls",
                                                lines(snapshot.unavailableIoctls(), 1, SnapshotWriter::quote)))
                        .stream()
                        .collect(Collectors.joining(",\n"))
                + "\n}\n";
    }

    private String header(Header header) {
        return object(List.of(entry("path", quote(header.path())), entry("sha256", quote(header.sha256()))));
    }

    private String recordType(RecordType type) {
        return object(List.of(
                entry("name", quote(type.name())),
                entry("kind", quote(type.kind().keyword())),
                entry("header", quote(type.header())),
                entry("size", type.size()),
                entry("alignment", type.alignment()),
                entry("members", members(type.members(), 2))));
    }

    private String members(List<Member> members, int depth) {
        return lines(members, depth, member -> member(member, depth));
    }

    private String member(Member member, int depth) {
        List<String> entries = new ArrayList<>();
        if (!member.isAnonymous()) {
            entries.add(entry("name", quote(member.name())));
        }
        entries.add(entry("offset", member.offset()));
        entries.add(entry("size", member.size()));
        if (member.isArray()) {
            entries.add(entry("dimensions", numbers(member.dimensions())));
            entries.add(entry("elementSize", member.type().size()));
        }
        if (member.bits().isBitField()) {
            entries.add(entry("bits", numbers(List.of((long) member.bits().shift(), (long)
                    member.bits().width()))));
        }
        entries.addAll(
                switch (member.type()) {
                    case MemberType.Integer t ->
                        List.of(entry(t.signed() ? "signed" : "unsigned", quote(t.spelling())));
                    case MemberType.Pointer t -> List.of(entry("pointer", quote(t.spelling())));
                    case MemberType.Named t -> List.of(entry(t.kind().keyword(), quote(t.name())));
                    case MemberType.Inline t ->
                        List.of(
                                entry("inline", quote(t.kind().keyword())),
                                entry("alignment", t.alignment()),
                                entry("members", members(t.members(), depth + 1)));
                });
        return object(entries);
    }

    private String constant(Constant constant) {
        return object(List.of(
                entry("name", quote(constant.name())),
                entry("header", quote(constant.header())),
                entry("value", constant.value()),
                entry("type", quote(constant.cType()))));
    }

    private String ioctl(Ioctl ioctl) {
        List<String> entries = new ArrayList<>();
        entries.add(entry("name", quote(ioctl.name())));
        if (ioctl.namesArgument()) {
            entries.add(entry("argument", quote(ioctl.argument())));
        }
        if (!ioctl.capabilities().isEmpty()) {
            entries.add(entry(
                    "capabilities",
                    ioctl.capabilities().stream()
                            .map(SnapshotWriter::quote)
                            .collect(Collectors.joining(", ", "[", "]"))));
        }
        return object(entries);
    }

    private static String object(List<String> entries) {
        return entries.stream().collect(Collectors.joining(", ", "{", "}"));
    }

    private static String entry(String key, Object value) {
        return "\"" + key + "\": " + value;
    }

    private static String numbers(List<Long> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }

    /** An array with one element a line, indented one step further than the line it opens on. */
    private static <T> String lines(List<T> elements, int depth, Function<T, String> element) {
        if (elements.isEmpty()) {
            return "[]";
        }
        String inner = "\n" + INDENT.repeat(depth + 1);
        return elements.stream()
                .map(element)
                .collect(Collectors.joining("," + inner, "[" + inner, "\n" + INDENT.repeat(depth) + "]"));
    }

    private static String quote(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
