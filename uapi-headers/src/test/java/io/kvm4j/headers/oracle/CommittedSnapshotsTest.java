package io.kvm4j.headers.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.extraction.HeaderTree;
import io.kvm4j.headers.oracle.MacroCensus.Excuses;
import io.kvm4j.headers.sets.CommittedSnapshots;
import io.kvm4j.headers.sets.DebianRelease;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.sets.Proposal;
import io.kvm4j.headers.source.DebianHeaders;
import io.kvm4j.snapshot.Header;
import io.kvm4j.snapshot.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

    @TempDir
    Path work;

    /** One set's snapshot for one architecture. */
    record Subject(HeaderSet set, Architecture architecture) {
        Snapshot snapshot() {
            return CommittedSnapshots.find(set.name(), architecture)
                    .orElseThrow(() -> new AssertionFailedError("no snapshot of " + this));
        }

        @Override
        public String toString() {
            return set.name() + " for " + architecture.name();
        }
    }

    static Stream<Subject> subjects() {
        Stream<Subject> released = HeaderSet.COMMITTED.stream()
                .flatMap(set -> Architecture.READABLE.stream().map(architecture -> new Subject(set, architecture)));
        Stream<Subject> proposed = Proposal.ALL.stream()
                .flatMap(proposal -> proposal.architectures().stream()
                        .map(architecture -> new Subject(HeaderSet.of(proposal.set()), architecture)));
        return Stream.concat(released, proposed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("subjects")
    void gccAgrees(Subject subject) throws IOException {
        List<String> complaints = oracle(subject).complaints(PREFIXES, excuses());
        assertEquals("", String.join("\n", complaints), () -> complaints.size() + " complaints about " + subject);
    }

    @Test
    void everyExcuseIsStillNeeded() throws IOException {
        Set<String> needed = new TreeSet<>();
        for (Subject subject : subjects().toList()) {
            needed.addAll(oracle(subject).census(PREFIXES).unexplained());
        }
        assertEquals(needed, new TreeSet<>(excuses().reasons().keySet()), "macros-without-value.txt is stale");
    }

    private Oracle oracle(Subject subject) throws IOException {
        String gcc = CCompiler.find(subject.architecture())
                .orElseThrow(() -> unavailable(
                        subject, "no gcc for " + subject.architecture().name()));
        Snapshot snapshot = subject.snapshot();
        HeaderTree tree = headers(subject, snapshot);
        List<Path> directories = List.of(Objects.requireNonNull(tree.asm().getParent()), tree.include(), work);
        for (Header header : snapshot.headers()) {
            if (Proposal.isHeader(header.path())) {
                Files.createDirectories(work.resolve("proposals"));
                Files.write(work.resolve(header.path()), Proposal.read(header.path()));
            }
        }
        return new Oracle(snapshot, new CCompiler(gcc, directories, work));
    }

    private static HeaderTree headers(Subject subject, Snapshot snapshot) {
        DebianHeaders debian = new DebianHeaders(System.getenv(), _ -> {});
        DebianRelease release = subject.set().source();
        try {
            Path directory = debian.findPinned(release, subject.architecture(), snapshot.headers())
                    .or(() ->
                            REQUIRED ? Optional.of(debian.download(release, subject.architecture())) : Optional.empty())
                    .map(DebianHeaders.Unpacked::directory)
                    .orElseThrow(() -> unavailable(
                            subject, "its headers are not on this machine; -Dkvm4j.oracle=required fetches them"));
            return HeaderTree.find(directory, subject.architecture());
        } catch (HeadersException e) {
            throw unavailable(subject, e.getMessage());
        }
    }

    /** Fails for the oldest and the newest set where the oracle is required; elsewhere the exception skips the test. */
    private static TestAbortedException unavailable(Subject subject, String reason) {
        boolean essential = Architecture.BOUND.contains(subject.architecture())
                && (subject.set().equals(HeaderSet.COMMITTED.getFirst())
                        || subject.set().equals(HeaderSet.COMMITTED.getLast()));
        if (REQUIRED && (essential || reason.startsWith("no gcc"))) {
            throw new AssertionFailedError("the oracle is required, but cannot ask about " + subject + ": " + reason);
        }
        return new TestAbortedException(subject + ": " + reason);
    }

    private static Excuses excuses() throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(CommittedSnapshotsTest.class.getResourceAsStream("macros-without-value.txt"))) {
            return Excuses.parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
