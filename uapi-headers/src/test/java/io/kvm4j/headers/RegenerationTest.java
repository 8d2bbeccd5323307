package io.kvm4j.headers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.Regeneration.Options;
import io.kvm4j.headers.Regeneration.Outcome;
import io.kvm4j.headers.Regeneration.Result;
import io.kvm4j.headers.jextract.Jextract;
import io.kvm4j.headers.sets.DebianHeaders;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.sets.Proposal;
import io.kvm4j.headers.snapshot.SnapshotJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

final class RegenerationTest {
    @TempDir
    Path project;

    static Stream<Arguments> snapshots() {
        Stream<Arguments> released = HeaderSet.COMMITTED.stream()
                .flatMap(set -> Architecture.READABLE.stream()
                        .map(architecture -> Arguments.of(set.name(), architecture.name(), set)));
        Stream<Arguments> proposed = Proposal.ALL.stream()
                .flatMap(proposal -> proposal.architectures().stream()
                        .map(architecture ->
                                Arguments.of(proposal.set(), architecture.name(), HeaderSet.of(proposal.set()))));
        return Stream.concat(released, proposed);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("snapshots")
    void reproducesTheCommittedSnapshot(String name, String architecture, HeaderSet set) throws IOException {
        needsJextract();
        byte[] committed = committed(set, architecture);
        Path headers = headers(set, architecture, committed);
        Path file = Regeneration.snapshotFile(project, name, architecture);

        Result first = Regeneration.run(options(name, architecture, headers), System.getenv(), _ -> {});
        assertEquals(Outcome.WRITTEN, first.outcome());
        assertEquals(file, first.file());
        assertArrayEquals(committed, Files.readAllBytes(file));

        try (Stream<Path> left = Files.list(project.resolve("uapi-headers/target"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void theSameAgainLeavesTheFileAlone() throws IOException {
        needsJextract();
        HeaderSet set = HeaderSet.COMMITTED.getLast();
        byte[] committed = committed(set, "x86_64");
        Path file = Regeneration.snapshotFile(project, set.name(), "x86_64");
        Files.createDirectories(file.getParent());
        Files.write(file, committed);
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Result result = Regeneration.run(
                options(set.name(), "x86_64", headers(set, "x86_64", committed)), System.getenv(), _ -> {});
        assertEquals(Outcome.UNCHANGED, result.outcome());
        assertEquals(FileTime.fromMillis(0), Files.getLastModifiedTime(file));
    }

    @Test
    void anExtraHeaderBringsItsOwnDeclarations() throws IOException {
        needsJextract();
        HeaderSet newest = HeaderSet.COMMITTED.getLast();
        Path headers = headers(newest, "x86_64", committed(newest, "x86_64"));
        Path output = project.resolve("out/vhost.json");
        Result result = Regeneration.run(
                new Options(
                        project, "mine", "x86_64", Optional.of(headers), List.of("linux/vhost.h"), Optional.of(output)),
                System.getenv(),
                _ -> {});
        assertEquals(output, result.file());
        assertEquals(
                "struct vhost_vring_addr",
                result.snapshot().ioctl("VHOST_SET_VRING_ADDR").orElseThrow().argument());
        assertEquals(
                "linux/vhost_types.h",
                result.snapshot().record("vhost_vring_addr").orElseThrow().header());
    }

    @Test
    void nothingIsWrittenWhenHeadersAreMissing() throws IOException {
        needsJextract();
        Files.createDirectories(project.resolve("tree/include/linux"));
        Options options = options("mine", "x86_64", project.resolve("tree"));
        HeadersException e =
                assertThrows(HeadersException.class, () -> Regeneration.run(options, System.getenv(), _ -> {}));
        assertEquals(Problem.HEADERS_MISSING, e.problem());
        assertTrue(e.getMessage().contains(project.resolve("tree/include/asm").toString()), e.getMessage());
        assertFalse(Files.exists(Regeneration.snapshotFile(project, "mine", "x86_64")));
    }

    @Test
    void unknownNamesAreToldWithTheKnownOnes() {
        HeadersException set = assertThrows(HeadersException.class, () -> HeaderSet.of("linux-9"));
        assertEquals(
                "unknown header set 'linux-9'; known are linux-6.1, linux-6.12, linux-7.2, linux-7.3; "
                        + "for a set of your own give its headers with --headers DIR",
                set.getMessage());
        assertEquals(Problem.UNKNOWN_SET, set.problem());
        HeadersException architecture = assertThrows(HeadersException.class, () -> Architecture.of("amd64"));
        assertTrue(architecture.getMessage().startsWith("unknown architecture 'amd64'; known are x86_64, aarch64"));
        assertEquals(Problem.UNKNOWN_ARCHITECTURE, architecture.problem());
        HeadersException path =
                assertThrows(HeadersException.class, () -> Regeneration.snapshotFile(project, "../escape", "x86_64"));
        assertEquals(Problem.UNKNOWN_SET, path.problem());
    }

    @Test
    void aMissingJextractIsToldBeforeAnythingIsFetched() {
        Options options = new Options(project, "linux-7.2", "x86_64", Optional.empty(), List.of(), Optional.empty());
        HeadersException e = assertThrows(
                HeadersException.class,
                () -> Regeneration.run(options, Map.of("PATH", "", "HOME", project.toString()), _ -> {}));
        assertEquals(Problem.JEXTRACT_MISSING, e.problem());
        assertFalse(Files.exists(project.resolve(".cache")));
    }

    private Options options(String set, String architecture, Path headers) {
        return new Options(project, set, architecture, Optional.of(headers), List.of(), Optional.empty());
    }

    private static void needsJextract() {
        try {
            Jextract.find(System.getenv());
        } catch (HeadersException e) {
            throw new TestAbortedException(e.getMessage(), e);
        }
    }

    private static byte[] committed(HeaderSet set, String architecture) throws IOException {
        String name = "/io/kvm4j/headers/sets/" + set.name() + "/" + architecture + ".json";
        try (InputStream stream = Objects.requireNonNull(HeaderSet.class.getResourceAsStream(name), name)) {
            return stream.readAllBytes();
        }
    }

    /** The pinned headers, if this machine has them: tests that need jextract fetch nothing. */
    private static Path headers(HeaderSet set, String architecture, byte[] committed) throws IOException {
        return new DebianHeaders(System.getenv(), _ -> {})
                .findPinned(
                        set.source(),
                        Architecture.of(architecture),
                        SnapshotJson.read(new String(committed, StandardCharsets.UTF_8), set.name())
                                .headers())
                .map(DebianHeaders.Unpacked::directory)
                .orElseThrow(() -> new TestAbortedException("the headers of " + set.name()
                        + " are not on this machine; './kvm4j uapi regenerate --set " + set.name() + " --arch "
                        + architecture + "' or -Dkvm4j.oracle=required fetches them"));
    }
}
