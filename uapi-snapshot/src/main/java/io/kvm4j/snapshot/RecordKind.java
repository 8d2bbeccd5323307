package io.kvm4j.snapshot;

/** The two kinds of C aggregates. */
public enum RecordKind {
    STRUCT,
    UNION;

    /** The C keyword: {@code struct} or {@code union}. */
    public String keyword() {
        return this == STRUCT ? "struct" : "union";
    }
}
