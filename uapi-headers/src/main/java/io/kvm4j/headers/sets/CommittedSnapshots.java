package io.kvm4j.headers.sets;

import io.kvm4j.headers.Architecture;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The snapshots that this module carries. */
public final class CommittedSnapshots {
    private CommittedSnapshots() {}

    /** Whether there is a snapshot of a header set for an architecture. */
    static boolean exists(String set, Architecture architecture) {
        return HeaderSet.class.getResource(set + "/" + architecture.name() + ".json") != null;
    }

    /** Reads the snapshot of a header set for an architecture, if there is one. */
    public static Optional<Snapshot> find(String set, Architecture architecture) {
        String name = HeaderSet.checkName(set) + "/" + architecture.name() + ".json";
        try (InputStream stream = HeaderSet.class.getResourceAsStream(name)) {
            return stream == null ? Optional.empty() : Optional.of(SnapshotJson.read(stream, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
