package io.kvm4j.uapi.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The snapshots that the bindings were generated from. */
final class BoundSnapshots {
    private static final String ROOT = "io.kvm4j.uapi";

    private static final Path SET =
            Path.of(System.getProperty("kvm4j.snapshot")).getParent();
    private static final Path SPECS = Path.of(System.getProperty("kvm4j.specs"));
    private static final List<Snapshot> ALL = Stream.of("x86_64.json", "aarch64.json", "riscv64.json")
            .map(file -> Files.exists(SET.resolve(file)) ? SET.resolve(file) : SPECS.resolve(file))
            .map(BoundSnapshots::read)
            .toList();

    private BoundSnapshots() {}

    /** One per architecture that has a package, x86_64 first. */
    static List<Snapshot> all() {
        return ALL;
    }

    /** Skips what holds for the headers that the specs are written for, and may not for another set's. */
    static void assumeThoseOfTheSpecs() {
        assumeTrue(SET.equals(SPECS), () -> "the specs are written for " + SPECS.getFileName());
    }

    private static Snapshot read(Path file) {
        try {
            return SnapshotJson.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The architecture whose snapshot has the constants of a package: its own, or any. */
    static String architectureOf(String packageName) {
        String last = packageName.substring(packageName.lastIndexOf('.') + 1);
        List<String> known = all().stream().map(Snapshot::architecture).toList();
        return known.contains(last) ? last : known.getFirst();
    }

    /** Whether two packages may speak of the same constants: unless they belong to different architectures. */
    static boolean overlap(String one, String other) {
        return isNeutral(one) || isNeutral(other) || one.equals(other);
    }

    private static boolean isNeutral(String packageName) {
        return packageName.equals(ROOT) || packageName.equals(ROOT + ".userfaultfd");
    }
}
