package io.kvm4j.headers.extraction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.jextract.Jextract;
import io.kvm4j.snapshot.BitRange;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Small header trees through a real jextract, as {@code JEXTRACT_HOME} or the PATH names it. */
final class ExtractionTest {
    private static final Architecture X86 = Architecture.of("x86_64");

    @TempDir
    Path directory;

    private Jextract jextract;

    @BeforeEach
    void findJextract() {
        try {
            jextract = Jextract.find(System.getenv());
        } catch (HeadersException e) {
            throw new TestAbortedException(e.getMessage(), e);
        }
    }

    /** gcc agrees with the expected file: the oracle's own test asks it. */
    @Test
    void oddDeclarationsComeOutRight() throws Exception {
        assertEquals(
                Files.readString(resource("odd.json")), SnapshotJson.write(extract(resource("odd"), "linux/odd.h")));
    }

    /** Bits are counted from the most significant one there, while a snapshot counts from the least significant. */
    @Test
    void bitFieldsOfABigEndianArchitectureComeOutRight() throws Exception {
        Snapshot snapshot = extract(resource("odd"), "linux/odd.h", Architecture.of("s390x"));
        List<BitRange> bits = snapshot.record("odd_bits").orElseThrow().members().stream()
                .map(Member::bits)
                .filter(BitRange::isBitField)
                .limit(3)
                .toList();
        assertEquals(List.of(new BitRange(29, 3), new BitRange(22, 7), new BitRange(0, 20)), bits);
    }

    @Test
    void theLayoutOfTheTreeDoesNotShow() throws Exception {
        Path include = Files.createDirectories(directory.resolve("elsewhere/usr/include"));
        Path shared = Files.createDirectories(directory.resolve("elsewhere/usr/lib/uapi"));
        Path original = resource("odd/include");
        for (String header : List.of("linux/odd.h", "linux/odd-types.h")) {
            write(include.resolve(header), Files.readString(original.resolve(header)));
        }
        write(shared.resolve("odd.h"), Files.readString(original.resolve("asm/odd.h")));
        Path asm = Files.createDirectories(include.resolve("x86_64-linux-gnu/asm"));
        Files.createSymbolicLink(asm.resolve("odd.h"), Path.of("../../../lib/uapi/odd.h"));
        assertEquals(
                Files.readString(resource("odd.json")),
                SnapshotJson.write(extract(directory.resolve("elsewhere"), "linux/odd.h")));
    }

    @Test
    void theFirstErrorOfTheHeadersIsTold() throws IOException {
        HeadersException e = fails("struct a { int x; };\nstruct b { nothing y; };\nint int;\n");
        assertEquals(Problem.HEADERS_BROKEN, e.problem());
        assertTrue(e.getMessage().contains("new.h:2:12: error: unknown type name 'nothing'"), e.getMessage());
    }

    @Test
    void theMachinesOwnHeadersNeverStandIn() throws IOException {
        HeadersException e = fails("#include <linux/types.h>\n#include <stdio.h>\n");
        assertEquals(Problem.HEADERS_BROKEN, e.problem());
        assertTrue(e.getMessage().contains("'linux/types.h' file not found"), e.getMessage());
    }

    @Test
    void whatASnapshotCannotHoldIsTold() throws IOException {
        HeadersException e = fails("struct a { int x; double y; };\n");
        assertEquals(Problem.HEADERS_UNSUPPORTED, e.problem());
        assertEquals("snapshots cannot express the member y of type double in struct a", e.getMessage());
    }

    @Test
    void macrosNamedLikeMembersDoNoHarm() throws IOException {
        Snapshot snapshot =
                extract("struct tag { int member; int wait; };\n#define member 7\n#define tag 8\n#define wait 9\n");
        assertEquals(2, snapshot.record("tag").orElseThrow().members().size());
        assertEquals(3, snapshot.constants().size());
    }

    @Test
    void headersWithoutAnythingGiveAnEmptySnapshot() throws IOException {
        Snapshot snapshot = extract("struct declared_only;\n");
        assertEquals(List.of(), snapshot.records());
        assertEquals(List.of(), snapshot.constants());
    }

    @Test
    void anArrayTypedefMayUseAMacroAsBound() throws IOException {
        Snapshot snapshot = extract("#define N 3\ntypedef int row[N][2];\nstruct a { row rows[4]; };\n");
        assertEquals(
                List.of(4L, 3L, 2L),
                snapshot.record("a").orElseThrow().members().getFirst().dimensions());
    }

    private HeadersException fails(String header) throws IOException {
        return assertThrows(HeadersException.class, () -> extract(header));
    }

    private Snapshot extract(String header) throws IOException {
        write(directory.resolve("tree/include/linux/new.h"), header);
        Files.createDirectories(directory.resolve("tree/include/asm"));
        return extract(directory.resolve("tree"), "linux/new.h");
    }

    private Snapshot extract(Path tree, String header) throws IOException {
        return extract(tree, header, X86);
    }

    private Snapshot extract(Path tree, String header, Architecture architecture) throws IOException {
        Path work = Files.createTempDirectory(directory, "work").toRealPath();
        StagedHeaders staged = StagedHeaders.copy(
                HeaderTree.find(tree, architecture),
                architecture,
                List.of(header),
                Files.createDirectory(work.resolve("headers")));
        return Extraction.extract("odd", architecture.name(), jextract, staged, work, _ -> {});
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
        Files.writeString(file, text);
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(ExtractionTest.class.getResource(name), name)
                .toURI());
    }
}
