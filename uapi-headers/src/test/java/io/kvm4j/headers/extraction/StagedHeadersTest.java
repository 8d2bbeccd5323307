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
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing outside the directory of the copies is written, and nothing outside the tree is read. */
final class StagedHeadersTest {
    private static final Architecture X86 = Architecture.of("x86_64");
    private static final FileTime LONG_AGO = FileTime.fromMillis(0);

    @TempDir
    Path directory;

    private Path include;
    private Path copy;
    private Path canary;

    @BeforeEach
    void makeTree() throws IOException {
        include = Files.createDirectories(directory.resolve("tree/include"));
        Files.createDirectories(include.resolve("linux"));
        Files.createDirectories(include.resolve("asm"));
        Files.writeString(include.resolve("linux/kvm.h"), "int x;\n");
        copy = Files.createDirectories(directory.resolve("work/headers"));
        canary = Files.writeString(directory.resolve("canary.h"), "int canary;\n");
        // Where paths lead to from the tree, and from the copies.
        Files.writeString(directory.resolve("tree/canary.h"), "int canary;\n");
        Files.writeString(directory.resolve("work/canary.h"), "int canary;\n");
        Files.setLastModifiedTime(canary, LONG_AGO);
        Files.setLastModifiedTime(directory.resolve("work/canary.h"), LONG_AGO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CANARY",
                "../canary.h",
                "../../canary.h",
                "linux/../../canary.h",
                "./../canary.h",
                "linux/..",
                "..",
                ".",
                "",
                "/",
                "linux/",
                "linux//kvm.h",
                "linux/./kvm.h",
                "linux/kvm.h\0",
                "linux/kvm.h>\n#include </etc/passwd",
                "linux\\kvm.h",
                "~/kvm.h",
                "kvm.h",
                "compile_flags.txt"
            })
    void whatIsNoPathOfAHeaderIsRefused(String path) throws IOException {
        String named = path.equals("CANARY") ? canary.toString() : path;
        HeadersException e = assertThrows(HeadersException.class, () -> stage(named));
        assertEquals(Problem.HEADERS_MISSING, e.problem());
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("cannot be the path of a header"), message);
        assertEquals(1, message.lines().count(), message);
        assertUntouched();
    }

    @Test
    void pathsInHeadersLeadNowhereElse() throws IOException {
        Files.writeString(
                include.resolve("linux/kvm.h"),
                "#include \"../../canary.h\"\n#include </etc/passwd>\n#include <%s>\n#include <a\0b/c.h>\n#include <>\n"
                        .formatted(canary));
        stage("linux/kvm.h");
        assertUntouched();
        try (Stream<Path> copies = Files.walk(copy)) {
            assertEquals(
                    List.of("compile_flags.txt", "linux", "linux/kvm.h"),
                    copies.filter(p -> !p.equals(copy))
                            .map(p -> copy.relativize(p).toString())
                            .sorted()
                            .toList());
        }
    }

    @Test
    void linksThatLeadOutOfTheTreeAreRefused() throws IOException {
        Files.createSymbolicLink(include.resolve("linux/evil.h"), canary);
        assertRefused("linux/evil.h");
        Files.createSymbolicLink(include.resolve("misc"), directory);
        assertRefused("misc/canary.h");
        Files.writeString(include.resolve("linux/kvm.h"), "#include <linux/evil.h>\n");
        assertRefused("linux/kvm.h");
        Files.delete(include.resolve("asm"));
        Files.createSymbolicLink(include.resolve("asm"), directory);
        assertRefused("asm/canary.h");
        assertUntouched();
    }

    @Test
    void theTreeItselfMayBeALink() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("tree"));
        StagedHeaders.copy(HeaderTree.find(link, X86), X86, List.of("linux/kvm.h"), copy);
        assertEquals("int x;\n", Files.readString(copy.resolve("linux/kvm.h")));
    }

    @Test
    void linksAmongTheCopiesAreNotFollowed() throws IOException {
        Files.createDirectories(copy.resolve("linux"));
        Files.createSymbolicLink(copy.resolve("linux/kvm.h"), canary);
        assertThrows(RuntimeException.class, () -> stage("linux/kvm.h"));
        assertUntouched();
    }

    private void assertRefused(String path) {
        HeadersException e = assertThrows(HeadersException.class, () -> stage(path));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("is a link that leads out of " + directory.resolve("tree")), message);
    }

    private void stage(String path) {
        StagedHeaders.copy(HeaderTree.find(directory.resolve("tree"), X86), X86, List.of(path), copy);
    }

    private void assertUntouched() throws IOException {
        for (Path file : List.of(canary, directory.resolve("work/canary.h"))) {
            assertEquals("int canary;\n", Files.readString(file));
            assertEquals(LONG_AGO, Files.getLastModifiedTime(file));
        }
        assertFalse(Files.exists(directory.resolve("kvm.h")));
    }
}
