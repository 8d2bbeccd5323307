package io.kvm4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineCodeTest {
    private static final Path SOURCES = Path.of("src/main/java/io/kvm4j/examples");
    private static final Pattern LISTING = Pattern.compile("MachineCode\\.of\\(\"\"\"\n(.*?)\"\"\"", Pattern.DOTALL);

    @Test
    void bytesAreWhatStandsBeforeTheSemicolon() {
        assertArrayEquals(new byte[] {(byte) 0xf4, 0x0f, 0x05}, MachineCode.of("""
                f4      ; hlt ; f5
                        ; label:
                0f 05   ; syscall
                """));
    }

    @Test
    void aListingIsHexadecimal() {
        assertThrows(IllegalArgumentException.class, () -> MachineCode.of("fg ; hlt"));
        assertThrows(IllegalArgumentException.class, () -> MachineCode.of("f ; hlt"));
    }

    /** The bytes of each example are what the GNU assembler makes of the assembly beside them. */
    @ParameterizedTest
    @CsvSource({
        "Hello, .code16",
        "EveryExit, .code16",
        "LongMode, .code64",
        "PostcopyGuest, .code64",
        "SnapshotRestore, .code64"
    })
    void bytesAndAssemblyAgree(String example, String mode, @TempDir Path folder) throws Exception {
        String listing = listing(Files.readString(SOURCES.resolve(example + ".java")));
        Path source = folder.resolve("guest.s");
        Files.writeString(source, ".intel_syntax noprefix\n" + mode + "\n" + assembly(listing));
        Path object = folder.resolve("guest.o");
        Path binary = folder.resolve("guest.bin");
        run(List.of("as", "--64", "-o", object.toString(), source.toString()));
        run(List.of("objcopy", "-O", "binary", "-j", ".text", object.toString(), binary.toString()));
        HexFormat hex = HexFormat.ofDelimiter(" ");
        assertEquals(hex.formatHex(Files.readAllBytes(binary)), hex.formatHex(MachineCode.of(listing)));
    }

    private static String listing(String source) {
        Matcher matcher = LISTING.matcher(source);
        if (!matcher.find()) {
            throw new AssertionError("no listing");
        }
        return matcher.group(1).stripIndent().strip();
    }

    private static String assembly(String listing) {
        return listing.lines().map(line -> line.split(";", -1)[1].strip()).collect(Collectors.joining("\n", "", "\n"));
    }

    private static void run(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
        } catch (IOException e) {
            assumeTrue(false, "no " + command.getFirst() + ": install binutils");
        }
    }
}
