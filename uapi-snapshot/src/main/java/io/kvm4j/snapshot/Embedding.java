package io.kvm4j.snapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that records which others embed by value are there, as large as they are said to be, and end somewhere: no record
 * holds itself, and none holds more records, one in the other or altogether, than views can be made of.
 */
final class Embedding {
    private final String source;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Extent> extents = new HashMap<>();
    private final Set<String> path = new LinkedHashSet<>();

    private record Entry(RecordType record, int line) {}

    /** How deep records lie in a record, and how many. */
    private record Extent(int depth, long count) {
        static final Extent NONE = new Extent(0, 0);

        Extent plusOne(Extent inner) {
            return new Extent(
                    Math.max(depth, inner.depth + 1), Math.min(count + inner.count + 1, Limits.HELD_RECORDS + 1));
        }
    }

    Embedding(String source, List<RecordType> records, List<Integer> lines) {
        this.source = source;
        for (int i = 0; i < records.size(); i++) {
            entries.put(records.get(i).name(), new Entry(records.get(i), lines.get(i)));
        }
    }

    void check() throws SnapshotFormatException {
        for (Entry entry : entries.values().stream()
                .sorted((a, b) -> Integer.compare(a.line(), b.line()))
                .toList()) {
            extent(entry);
        }
    }

    /** Recursion ends where records would lie too deep in each other, which is reported before the next step. */
    private Extent extent(Entry entry) throws SnapshotFormatException {
        RecordType record = entry.record();
        Extent known = extents.get(record.name());
        if (known != null) {
            return known;
        }
        if (!path.add(record.name())) {
            throw problem(entry, "%s embeds itself".formatted(cycle(record.name())));
        }
        if (path.size() > Limits.RECORD_DEPTH) {
            throw problem(entry, "%s lies more than %d records deep".formatted(record.cType(), Limits.RECORD_DEPTH));
        }
        Extent extent = extent(entry, record.members());
        path.remove(record.name());
        if (extent.depth() > Limits.RECORD_DEPTH) {
            throw problem(entry, "%s nests more than %d records deep".formatted(record.cType(), Limits.RECORD_DEPTH));
        }
        if (extent.count() > Limits.HELD_RECORDS) {
            throw problem(entry, "%s holds more than %d records".formatted(record.cType(), Limits.HELD_RECORDS));
        }
        extents.put(record.name(), extent);
        return extent;
    }

    private Extent extent(Entry owner, List<Member> members) throws SnapshotFormatException {
        Extent extent = Extent.NONE;
        for (Member member : members) {
            if (member.type() instanceof MemberType.Inline inline) {
                extent = extent.plusOne(extent(owner, inline.members()));
            } else if (member.type() instanceof MemberType.Named named) {
                extent = extent.plusOne(extent(embedded(owner, member, named)));
            }
        }
        return extent;
    }

    private Entry embedded(Entry owner, Member member, MemberType.Named named) throws SnapshotFormatException {
        Entry entry = entries.get(named.name());
        Optional<RecordType> record = Optional.ofNullable(entry).map(Entry::record);
        if (entry == null || record.filter(r -> r.size() == named.size()).isEmpty()) {
            throw problem(
                    owner,
                    "\"%s\" of %s takes %d bytes, yet %s has %s"
                            .formatted(
                                    member.name(),
                                    owner.record().cType(),
                                    named.size(),
                                    named.spelling(),
                                    record.map(r -> String.valueOf(r.size())).orElse("no entry")));
        }
        if (entry.record().kind() != named.kind()) {
            throw problem(
                    owner,
                    "\"%s\" of %s is a %s, yet there is a %s of that name"
                            .formatted(
                                    member.name(),
                                    owner.record().cType(),
                                    named.spelling(),
                                    entry.record().kind().keyword()));
        }
        return entry;
    }

    private String cycle(String name) {
        List<String> names = new ArrayList<>(path);
        List<String> steps = names.subList(names.indexOf(name), names.size());
        return String.join(" > ", steps) + " > " + name + ": " + name;
    }

    private SnapshotFormatException problem(Entry entry, String problem) {
        return new SnapshotFormatException(source, entry.line(), problem + " in a snapshot");
    }
}
