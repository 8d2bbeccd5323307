package io.kvm4j.headers.extraction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HeaderTreeTest {
    private static final Architecture X86 = Architecture.of("x86_64");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "include, include/asm",
        "usr/include, usr/include/x86_64-linux-gnu/asm",
        ".., ../asm",
        "include, include/x86_64-linux-gnu/asm"
    })
    void findsEveryLayout(String include, String asm) throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Files.createDirectories(tree.resolve(include).resolve("linux"));
        Files.createDirectories(tree.resolve(asm));
        Path start = include.equals("..") ? directory : tree;
        HeaderTree found = HeaderTree.find(start, X86);
        assertEquals(tree.resolve(include).normalize(), found.include().normalize());
        assertEquals(tree.resolve(asm).normalize(), found.asm().normalize());
    }

    @Test
    void missingHeadersAreToldWithThePath() {
        HeadersException e = assertThrows(HeadersException.class, () -> HeaderTree.find(directory, X86));
        assertEquals(Problem.HEADERS_MISSING, e.problem());
        assertTrue(e.getMessage().contains("there is no " + directory.resolve("include/linux")), e.getMessage());
    }

    @Test
    void missingArchitectureIsToldWithThePath() throws IOException {
        Path include = Files.createDirectories(directory.resolve("include"));
        Files.createDirectories(include.resolve("linux"));
        assertMissing(include.resolve("asm"));
        Files.createSymbolicLink(include.resolve("asm"), include.resolve("dangling"));
        assertMissing(include.resolve("asm"));
    }

    @Test
    void anotherArchitecturesHeadersNeverStandIn() throws IOException {
        Path include = Files.createDirectories(directory.resolve("usr/include"));
        Files.createDirectories(include.resolve("linux"));
        Files.createDirectories(include.resolve("aarch64-linux-gnu/asm"));
        Files.createDirectories(include.resolve("asm"));
        assertMissing(include.resolve("x86_64-linux-gnu/asm"));
    }

    private void assertMissing(Path asm) {
        HeadersException e = assertThrows(HeadersException.class, () -> HeaderTree.find(directory, X86));
        assertEquals(Problem.HEADERS_MISSING, e.problem());
        assertTrue(e.getMessage().contains("there is no directory " + asm), e.getMessage());
    }

    @Test
    void stagesWhatIsIncludedAndNothingElse() throws IOException {
        Path include = Files.createDirectories(directory.resolve("include"));
        write(include.resolve("linux/kvm.h"), "#include <asm/kvm.h>\n # include \"near.h\"\n#include <linux/gone.h>\n");
        write(include.resolve("linux/near.h"), "#include \"../misc/far.h\"\n#include \"../../outside.h\"\n");
        write(include.resolve("misc/far.h"), "");
        write(include.resolve("linux/other.h"), "");
        write(directory.resolve("outside.h"), "");
        write(directory.resolve("real/kvm.h"), "int x;\n");
        Files.createDirectories(include.resolve("asm"));
        Files.createSymbolicLink(include.resolve("asm/kvm.h"), Path.of("../../real/kvm.h"));
        Path copy = Files.createDirectories(directory.resolve("copy"));

        StagedHeaders staged = StagedHeaders.copy(HeaderTree.find(directory, X86), X86, List.of("linux/kvm.h"), copy);

        assertEquals(Set.of("linux/kvm.h", "asm/kvm.h"), staged.selected());
        assertTrue(Files.isRegularFile(copy.resolve("misc/far.h")));
        assertTrue(Files.isRegularFile(copy.resolve("linux/near.h")));
        assertFalse(Files.isSymbolicLink(copy.resolve("asm/kvm.h")));
        assertEquals("int x;\n", Files.readString(copy.resolve("asm/kvm.h")));
        assertFalse(Files.exists(copy.resolve("linux/other.h")));
        assertFalse(Files.exists(copy.resolve("outside.h")));
        assertEquals("--target=x86_64-linux-gnu\n-nostdinc\n", Files.readString(copy.resolve("compile_flags.txt")));
    }

    @Test
    void aNamedHeaderMustBeThere() throws IOException {
        Path include = Files.createDirectories(directory.resolve("include"));
        Files.createDirectories(include.resolve("linux"));
        Files.createDirectories(include.resolve("asm"));
        HeaderTree tree = HeaderTree.find(directory, X86);
        HeadersException e = assertThrows(
                HeadersException.class, () -> StagedHeaders.copy(tree, X86, List.of("linux/kvm.h"), directory));
        assertEquals(Problem.HEADERS_MISSING, e.problem());
        assertTrue(e.getMessage().contains("there is no file " + include.resolve("linux/kvm.h")), e.getMessage());
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
