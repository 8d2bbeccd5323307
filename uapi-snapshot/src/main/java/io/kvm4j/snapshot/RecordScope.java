package io.kvm4j.snapshot;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The members of a record that share a scope: its own, and those of its anonymous records. All scopes of one record count
 * their members together.
 */
final class RecordScope {
    private final String record;
    private final String source;
    private final int[] members;
    private final Set<String> names = new HashSet<>();

    RecordScope(String record, String source) {
        this(record, source, new int[1]);
    }

    private RecordScope(String record, String source, int[] members) {
        this.record = record;
        this.source = source;
        this.members = members;
    }

    /** The scope of a named inline record. */
    RecordScope inner() {
        return new RecordScope(record, source, members);
    }

    /** The members so far, those of inline records included. */
    int members() {
        return members[0];
    }

    /** Counts members that are about to be read. */
    void enter(List<JsonNode> nodes, int depth) throws SnapshotFormatException {
        members[0] += nodes.size();
        if (members[0] > Limits.MEMBERS) {
            throw new SnapshotFormatException(
                    source,
                    nodes.getFirst().line(),
                    "%s has more than %d members, which is more than a Java class can hold"
                            .formatted(record, Limits.MEMBERS));
        }
        if (depth > Limits.RECORD_DEPTH) {
            throw new SnapshotFormatException(
                    source,
                    nodes.isEmpty() ? 1 : nodes.getFirst().line(),
                    "%s nests more than %d records deep".formatted(record, Limits.RECORD_DEPTH));
        }
    }

    /** Takes the name of a member. */
    void declare(JsonObject object, String name) throws SnapshotFormatException {
        if (!name.isEmpty() && !names.add(name)) {
            throw object.problem("two members of " + record + " are called " + name);
        }
    }

    /** Checks that the names which lead to an inline record, and become that of a class file, are not too long. */
    void requireNames(JsonObject object, int length) throws SnapshotFormatException {
        if (length > Limits.NAME_PATH) {
            throw object.problem("the names that lead to a record in %s have more than %d characters together"
                    .formatted(record, Limits.NAME_PATH));
        }
    }
}
