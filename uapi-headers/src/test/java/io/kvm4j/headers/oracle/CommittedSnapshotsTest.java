package io.kvm4j.headers.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.oracle.MacroCensus.Excuses;
import io.kvm4j.headers.sets.DebianHeaders;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.snapshot.Snapshot;
import io.kvm4j.headers.snapshot.SnapshotJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * gcc against every committed snapshot.
 *
 * <p>With {@code -Dkvm4j.oracle=required} headers are fetched from the Debian archive, and a missing gcc, or headers of
 * the oldest or newest set that cannot be had, are failures. Otherwise the oracle asks about those sets whose headers
 * the machine already has, and skips the rest.
 */
final class CommittedSnapshotsTest {
    private static final boolean REQUIRED = "required".equals(System.getProperty("kvm4j.oracle"));
    private static final List<String> PREFIXES = List.of("KVM_", "UFFD", "_UFFD", "GUEST_MEMFD");
    private static final Architecture ARCHITECTURE = Architecture.of("x86_64");

    @TempDir
    Path work;

    static Stream<HeaderSet> sets() {
        return HeaderSet.COMMITTED.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sets")
    void gccAgrees(HeaderSet set) throws IOException {
        List<String> complaints = oracle(set).complaints(PREFIXES, excuses());
        assertEquals("", String.join("\n", complaints), () -> complaints.size() + " complaints about " + set.name());
    }

    @Test
    void everyExcuseIsStillNeeded() throws IOException {
        Set<String> needed = new TreeSet<>();
        for (HeaderSet set : HeaderSet.COMMITTED) {
            needed.addAll(oracle(set).census(PREFIXES).unexplained());
        }
        assertEquals(needed, new TreeSet<>(excuses().reasons().keySet()), "macros-without-value.txt is stale");
    }

    private Oracle oracle(HeaderSet set) throws IOException {
        Snapshot snapshot = snapshot(set);
        String gcc =
                CCompiler.find(ARCHITECTURE).orElseThrow(() -> unavailable(set, "no gcc for " + ARCHITECTURE.name()));
        HeaderTree tree = headers(set, snapshot);
        List<Path> directories = List.of(Objects.requireNonNull(tree.asm().getParent()), tree.include());
        return new Oracle(snapshot, new CCompiler(gcc, directories, work));
    }

    private static HeaderTree headers(HeaderSet set, Snapshot snapshot) {
        DebianHeaders debian = new DebianHeaders(System.getenv(), _ -> {});
        try {
            Path directory = debian.findPinned(set.source(), ARCHITECTURE, snapshot.headers())
                    .or(() -> REQUIRED ? Optional.of(debian.download(set.source(), ARCHITECTURE)) : Optional.empty())
                    .map(DebianHeaders.Unpacked::directory)
                    .orElseThrow(() -> unavailable(
                            set, "its headers are not on this machine; -Dkvm4j.oracle=required fetches them"));
            return HeaderTree.find(directory, ARCHITECTURE);
        } catch (HeadersException e) {
            throw unavailable(set, e.getMessage());
        }
    }

    /** Fails for the oldest and the newest set where the oracle is required; elsewhere the exception skips the test. */
    private static TestAbortedException unavailable(HeaderSet set, String reason) {
        boolean essential = set.equals(HeaderSet.COMMITTED.getFirst()) || set.equals(HeaderSet.COMMITTED.getLast());
        if (REQUIRED && (essential || reason.startsWith("no gcc"))) {
            throw new AssertionFailedError(
                    "the oracle is required, but cannot ask about " + set.name() + ": " + reason);
        }
        return new TestAbortedException(set.name() + ": " + reason);
    }

    private static Snapshot snapshot(HeaderSet set) throws IOException {
        String name = "/io/kvm4j/headers/sets/" + set.name() + "/" + ARCHITECTURE.name() + ".json";
        try (InputStream stream = Objects.requireNonNull(HeaderSet.class.getResourceAsStream(name), name)) {
            return SnapshotJson.read(stream, name);
        }
    }

    private static Excuses excuses() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(CommittedSnapshotsTest.class.getResourceAsStream("macros-without-value.txt"))) {
            return Excuses.parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
