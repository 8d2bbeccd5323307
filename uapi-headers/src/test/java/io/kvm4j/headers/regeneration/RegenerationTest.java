package io.kvm4j.headers.regeneration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.jextract.Jextract;
import io.kvm4j.headers.regeneration.Regeneration.Options;
import io.kvm4j.headers.regeneration.Regeneration.Outcome;
import io.kvm4j.headers.regeneration.Regeneration.Report;
import io.kvm4j.headers.regeneration.Regeneration.Result;
import io.kvm4j.headers.sets.HeaderSet;
import io.kvm4j.headers.sets.Proposal;
import io.kvm4j.headers.source.DebianHeaders;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
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
import org.junit.jupiter.params.provider.ValueSource;
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

        Result first = run(options(name, architecture, headers));
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
        Result result = run(options(set.name(), "x86_64", headers(set, "x86_64", committed)));
        assertEquals(Outcome.UNCHANGED, result.outcome());
        assertEquals(FileTime.fromMillis(0), Files.getLastModifiedTime(file));
    }

    @Test
    void anotherUapiCanStandAlone() throws IOException {
        needsJextract();
        HeaderSet newest = HeaderSet.COMMITTED.getLast();
        Result result = run(new Options(
                project,
                "random",
                List.of("x86_64"),
                Optional.of(headers(newest, "x86_64", committed(newest, "x86_64"))),
                List.of("linux/random.h"),
                true,
                Optional.of(project.resolve("out/random.json"))));
        assertEquals(
                List.of("linux/random.h"),
                result.snapshot().headers().stream().map(h -> h.path()).toList());
        assertTrue(result.snapshot().ioctl("RNDGETENTCNT").isPresent());
        assertTrue(result.snapshot().ioctl("KVM_RUN").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../../x.h", "linux/../../../x.h", "", "x.h", "linux/x.h\nint y;"})
    void whatIsNoPathOfAHeaderIsRefusedBeforeAnythingElse(String include) throws IOException {
        Options options = new Options(
                project, "mine", List.of("x86_64"), Optional.of(project), List.of(include), true, Optional.empty());
        HeadersException e =
                assertThrows(HeadersException.class, () -> Regeneration.run(options, Map.of(), line -> {}));
        assertEquals(Problem.HEADERS_MISSING, e.problem());
        assertTrue(String.valueOf(e.getMessage()).contains("cannot be the path of a header"), e.getMessage());
        try (Stream<Path> left = Files.list(project)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "/x", "", "a/b", "a\nb", "."})
    void whatCannotNameASetOrAnArchitectureIsRefused(String name) {
        for (Options options : List.of(
                new Options(project, name, List.of("x86_64"), Optional.of(project), List.of(), false, Optional.empty()),
                new Options(
                        project, "mine", List.of(name), Optional.of(project), List.of(), false, Optional.empty()))) {
            HeadersException e =
                    assertThrows(HeadersException.class, () -> Regeneration.run(options, Map.of(), line -> {}));
            assertTrue(e.problem() == Problem.UNKNOWN_SET || e.problem() == Problem.UNKNOWN_ARCHITECTURE);
        }
    }

    @Test
    void anExtraHeaderBringsItsOwnDeclarations() throws IOException {
        needsJextract();
        HeaderSet newest = HeaderSet.COMMITTED.getLast();
        Path headers = headers(newest, "x86_64", committed(newest, "x86_64"));
        Path output = project.resolve("out/vhost.json");
        Result result = run(new Options(
                project,
                "mine",
                List.of("x86_64"),
                Optional.of(headers),
                List.of("linux/vhost.h"),
                false,
                Optional.of(output)));
        assertEquals(output, result.file());
        assertEquals(
                "struct vhost_vring_addr",
                result.snapshot().ioctl("VHOST_SET_VRING_ADDR").orElseThrow().argument());
        assertEquals(
                "linux/vhost_types.h",
                result.snapshot().record("vhost_vring_addr").orElseThrow().header());
    }

    /** Two trees of make headers_install, one for each of two architectures, as a user would make them. */
    @Test
    void makesEveryBoundArchitectureThatTheHeadersAreFor() throws IOException {
        needsJextract();
        HeaderSet newest = HeaderSet.COMMITTED.getLast();
        Path unpacked = headers(newest, "aarch64", committed(newest, "aarch64"));
        Path tree = project.resolve("tree");
        installHeaders(unpacked, tree, "x86_64-linux-gnu");
        installHeaders(unpacked, tree.resolve("riscv64"), "riscv64-linux-gnu");

        Report report = Regeneration.run(all("mine", tree), System.getenv(), _ -> {});

        assertEquals(
                List.of("x86_64", "riscv64"),
                report.results().stream()
                        .map(result -> result.snapshot().architecture())
                        .toList());
        assertEquals(List.of(Architecture.of("aarch64")), report.lacking());
        for (String architecture : List.of("x86_64", "riscv64")) {
            assertEquals(
                    new String(committed(newest, architecture), StandardCharsets.UTF_8),
                    Files.readString(Regeneration.snapshotFile(project, "mine", architecture))
                            .replace("\"headerSet\": \"mine\"", "\"headerSet\": \"" + newest.name() + "\""));
        }
    }

    /** The first architecture's snapshot is made by then, but must not be there. */
    @Test
    void nothingIsWrittenIfOneArchitecturesHeadersDoNotCompile() throws IOException {
        needsJextract();
        HeaderSet newest = HeaderSet.COMMITTED.getLast();
        Path unpacked = headers(newest, "aarch64", committed(newest, "aarch64"));
        Path tree = project.resolve("tree");
        installHeaders(unpacked, tree, "x86_64-linux-gnu");
        installHeaders(unpacked, tree.resolve("riscv64"), "riscv64-linux-gnu");
        Path broken = tree.resolve("riscv64/include/asm/kvm.h");
        Files.writeString(broken, Files.readString(broken) + "struct broken { nothing x; };\n");
        HeadersException e = fails(all("mine", tree));
        assertEquals(Problem.HEADERS_BROKEN, e.problem());
        assertTrue(e.getMessage().contains("unknown type name 'nothing'"), e.getMessage());
        assertNothingWritten();
    }

    @Test
    void nothingIsWrittenWhereThePlaceIsTaken() throws IOException {
        needsJextract();
        HeaderSet newest = HeaderSet.COMMITTED.getLast();
        Path headers = headers(newest, "x86_64", committed(newest, "x86_64"));
        Path sets = Regeneration.setsDirectory(project);
        Files.createDirectories(sets);
        Files.writeString(sets.resolve("mine"), "not a directory");
        HeadersException e = fails(options("mine", "x86_64", headers));
        assertEquals(Problem.ENVIRONMENT, e.problem());
        assertTrue(e.getMessage().startsWith("cannot write " + sets.resolve("mine/x86_64.json")), e.getMessage());
        assertEquals("not a directory", Files.readString(sets.resolve("mine")));
    }

    @Test
    void aHandEditedSnapshotIsReplaced() throws IOException {
        needsJextract();
        HeaderSet newest = HeaderSet.COMMITTED.getLast();
        byte[] committed = committed(newest, "x86_64");
        Path file = Regeneration.snapshotFile(project, newest.name(), "x86_64");
        Files.createDirectories(file.getParent());
        Files.write(file, Arrays.copyOf(committed, committed.length / 2));
        assertEquals(
                Outcome.WRITTEN,
                run(options(newest.name(), "x86_64", headers(newest, "x86_64", committed)))
                        .outcome());
        assertArrayEquals(committed, Files.readAllBytes(file));
    }

    @Test
    void missingHeadersAreTold() throws IOException {
        HeadersException none = fails(all("mine", project.resolve("nowhere")));
        assertEquals(Problem.HEADERS_MISSING, none.problem());
        assertTrue(
                none.getMessage().startsWith("no kernel headers in " + project.resolve("nowhere")), none.getMessage());

        Path tree = project.resolve("tree");
        Files.createDirectories(tree.resolve("include/linux"));
        HeadersException noAsm = fails(options("mine", "x86_64", tree));
        assertTrue(noAsm.getMessage().contains(tree.resolve("include/asm").toString()), noAsm.getMessage());

        Files.createDirectories(tree.resolve("include/asm"));
        HeadersException noKvm = fails(all("mine", tree));
        assertTrue(noKvm.getMessage().endsWith("tells which architecture it is for; name it with --arch"));

        Files.writeString(tree.resolve("include/asm/kvm.h"), "#ifndef __LINUX_KVM_RISCV_H\n");
        HeadersException other = fails(options("mine", "x86_64", tree));
        assertTrue(other.getMessage().contains("are for the kernel's riscv"), other.getMessage());
        assertNothingWritten();
    }

    @Test
    void namesAndFilesAreCheckedFirst() {
        assertEquals(Problem.UNKNOWN_SET, fails(all("../escape", project)).problem());
        assertEquals(Problem.UNKNOWN_SET, fails(all("mine+nothing-v1", project)).problem());
        HeadersException two = fails(new Options(
                project,
                "mine",
                List.of("x86_64", "riscv64"),
                Optional.of(project),
                List.of(),
                false,
                Optional.of(project.resolve("one.json"))));
        assertTrue(two.getMessage().endsWith("name it with --arch beside --output"), two.getMessage());
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
        Options options = new Options(
                project, "linux-7.2", List.of("x86_64"), Optional.empty(), List.of(), false, Optional.empty());
        HeadersException e = assertThrows(
                HeadersException.class,
                () -> Regeneration.run(options, Map.of("PATH", "", "HOME", project.toString()), _ -> {}));
        assertEquals(Problem.JEXTRACT_MISSING, e.problem());
        assertFalse(Files.exists(project.resolve(".cache")));
    }

    private static HeadersException fails(Options options) {
        return assertThrows(HeadersException.class, () -> Regeneration.run(options, System.getenv(), _ -> {}));
    }

    private void assertNothingWritten() throws IOException {
        Path sets = Regeneration.setsDirectory(project);
        if (Files.exists(sets)) {
            try (Stream<Path> files = Files.walk(sets)) {
                assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
            }
        }
    }

    private static Result run(Options options) {
        List<Result> results =
                Regeneration.run(options, System.getenv(), _ -> {}).results();
        assertEquals(1, results.size());
        return results.getFirst();
    }

    /** What make headers_install would make: one include directory with one architecture's asm. */
    private static void installHeaders(Path unpacked, Path directory, String triple) throws IOException {
        Path from = unpacked.resolve("usr/include");
        Path include = Files.createDirectories(directory.resolve("include"));
        copy(from.resolve("linux"), include.resolve("linux"));
        copy(from.resolve("asm-generic"), include.resolve("asm-generic"));
        copy(from.resolve(triple).resolve("asm").toRealPath(), include.resolve("asm"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy);
                }
            }
        }
    }

    private Options all(String set, Path headers) {
        return new Options(project, set, List.of(), Optional.of(headers), List.of(), false, Optional.empty());
    }

    private Options options(String set, String architecture, Path headers) {
        return new Options(
                project, set, List.of(architecture), Optional.of(headers), List.of(), false, Optional.empty());
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
