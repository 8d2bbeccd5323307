package io.kvm4j.headers.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.Architecture;
import io.kvm4j.headers.oracle.MacroCensus.Excuses;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.AssertionFailedError;

/** The oracle on a small header tree of odd declarations: right about a right snapshot, and able to see wrong ones. */
final class OracleTest {
    private static final Excuses EXCUSES = new Excuses(Map.of(
            "ODD_ADDRESS", "a pointer",
            "ODD_EMPTY", "nothing",
            "ODD_FRACTION", "no integer",
            "ODD_NOT_SELECTED", "in a header that is not selected",
            "ODD_TEXT", "a string",
            "ODD_UNDEFINED", "names what is not defined"));

    private static final boolean REQUIRED = "required".equals(System.getProperty("kvm4j.oracle"));
    private static final Architecture X86 = Architecture.of("x86_64");

    @TempDir
    Path work;

    @Test
    void agreesWithARightSnapshot() throws Exception {
        for (Architecture architecture : architectures()) {
            assertEquals("", String.join("\n", complaints(odd(architecture), architecture, EXCUSES)));
        }
    }

    @Test
    void seesTheSnapshotOfAnotherArchitecture() throws Exception {
        for (Architecture architecture : architectures()) {
            if (!architecture.equals(X86)) {
                assertEquals(
                        "struct odd_scalars plain is signed",
                        complaints(odd(X86), architecture, EXCUSES).getFirst().replaceAll(".*\"(.*)\".*", "$1"));
            }
        }
    }

    /** One deliberate mistake of each kind, on each architecture: gcc's complaint must name what is wrong. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        size of a struct        | `"linux/odd.h", "size": 312`                       | `"linux/odd.h", "size": 320`                        | sizeof struct odd_nesting is 320
        alignment of a struct   | `"size": 64, "alignment": 32`                      | `"size": 64, "alignment": 16`                       | alignment of struct odd_aligned is 16
        alignment inside        | `"inline": "struct", "alignment": 2, "members": [` | `"inline": "struct", "alignment": 4, "members": [`  | alignment of struct odd_arrays cells[0][0] is 4
        offset                  | `"name": "third", "offset": 40`                    | `"name": "third", "offset": 44`                     | offset of struct odd_aligned third is 44
        offset in a nested one  | `"name": "c", "offset": 8`                         | `"name": "c", "offset": 4`                          | offset of struct odd_aligned_inside c is 20
        offset of an anonymous  | `{"offset": 8, "size": 24`                         | `{"offset": 6, "size": 24`                          | offset of struct odd_aligned_inside a is 6
        size of a member        | `"name": "word", "offset": 0, "size": 8`           | `"name": "word", "offset": 0, "size": 4`            | size of union odd_choice word is 4
        number of elements      | `"dimensions": [2, 3], "elementSize": 4`           | `"dimensions": [3, 2], "elementSize": 4`            | dimension of struct odd_arrays grid is 3
        size of elements        | `[0], "elementSize": 8, "inline": "struct"`        | `[0], "elementSize": 12, "inline": "struct"`        | element size of struct odd_flexible entries is 12
        signedness of a member  | `"signed": "signed char"`                          | `"unsigned": "signed char"`                         | struct odd_scalars small is unsigned
        type of a member        | `"unsigned": "unsigned long"`                      | `"unsigned": "unsigned long long"`                  | type of struct odd_scalars ul is unsigned long long
        type of a pointer       | `void (*)(int, char *)`                            | `void (*)(int, void *)`                             | type of struct odd_pointers callback is void (*)(int, void *)
        embedded struct         | `"name": "first", "offset": 0, "size": 4, "struct": "odd_inner"` | `"name": "first", "offset": 0, "size": 4, "struct": "odd_flexible"` | type of struct odd_nesting first is struct odd_flexible
        128 bits                | `"signed": "__int128"`                             | `"unsigned": "__int128"`                            | struct odd_wide many[0] is unsigned
        position of a bit-field | `"bits": [12, 20]`                                 | `"bits": [11, 20]`                                  | struct odd_bits high
        width of a bit-field    | `"bits": [12, 20]`                                 | `"bits": [12, 19]`                                  | struct odd_bits high
        unit of a bit-field     | `"name": "next", "offset": 4, "size": 4, "bits": [6, 10]` | `"name": "next", "offset": 5, "size": 4, "bits": [6, 2]` | struct odd_bits_packed next
        signedness of bits      | `"bits": [0, 33], "signed"`                        | `"bits": [0, 33], "unsigned"`                       | union odd_bits_union sign
        value of a constant     | `"value": -7`                                      | `"value": -6`                                       | value of ODD_NEGATIVE is -6
        least long              | `"value": -9223372036854775808`                    | `"value": -9223372036854775807`                     | value of ODD_LEAST is -9223372036854775807
        greatest unsigned long  | `"value": 18446744073709551615`                    | `"value": 18446744073709551614`                     | value of ODD_ALL is 18446744073709551614
        size of a constant      | `"value": 46851, "type": "unsigned int"`           | `"value": 46851, "type": "unsigned long"`           | size of ODD_GO is 8
        signedness of constants | `"value": 120, "type": "int"`                      | `"value": 120, "type": "unsigned int"`              | ODD_CHARACTER is unsigned
        missing member          | `      {"name": "s", "offset": 4, "size": 2, "signed": "short"},\n` | `` | the member s of struct odd_scalars is missing
        missing bit-field       | `      {"name": "bit", "offset": 5, "size": 1, "bits": [0, 1], "unsigned": "__u8"},\n` | `` | the member bit of struct odd_bits is missing
        missing inside          | `        {"name": "a", "offset": 0, "size": 1, "unsigned": "__u8"},\n        {"name": "b", "offset": 2, "size": 2, "unsigned": "__u16"}\n      ]},\n` | `        {"name": "b", "offset": 2, "size": 2, "unsigned": "__u16"}\n      ]},\n` | the member cells.a of struct odd_arrays is missing
        missing struct          | `    {"name": "odd_empty", "kind": "struct", "header": "linux/odd.h", "size": 0, "alignment": 1, "members": []},\n` | `` | struct odd_empty is missing
        constant that is none   | `"name": "ODD_RED"`                                | `"name": "ODD_PINK"`                                | ODD_PINK
        missing macro           | `    {"name": "ODD_INT", "header": "linux/odd.h", "value": 1, "type": "int"},\n` | `` | the macro ODD_INT is missing
        argument of an ioctl    | `"argument": "__u8[16]"`                           | `"argument": "__u8[15]"`                            | argument of ODD_ARRAY is __u8[15]
        argument of equal size  | `"argument": "unsigned long"`                      | `"argument": "struct odd_argument"`                 | type of ODD_NUMBER is struct odd_argument
        argument of none        | `{"name": "ODD_GO"}`                               | `{"name": "ODD_GO", "argument": "int"}`             | argument of ODD_GO is int
        unavailable ioctl       | `"ODD_LACKING"`                                    | `"ODD_GET_REGS"`                                    | the ioctl ODD_GET_REGS is not unavailable
        missing unavailable one | `[\n    "ODD_LACKING"\n  ]`                        | `[]`                                                | the macro ODD_LACKING is missing
        """)
    void seesWhatIsWrong(String kind, String right, String wrong, String complaint) throws Exception {
        String original = right.replace("\\n", "\n");
        for (Architecture architecture : architectures()) {
            String text = odd(architecture);
            assertTrue(text.contains(original), () -> kind + ": the snapshot holds no " + original);
            String mistaken = text.substring(0, text.indexOf(original))
                    + Optional.ofNullable(wrong).orElse("").replace("\\n", "\n")
                    + text.substring(text.indexOf(original) + original.length());
            List<String> complaints = complaints(mistaken, architecture, EXCUSES);
            assertTrue(
                    complaints.stream().anyMatch(line -> line.contains(complaint)),
                    () -> architecture.name() + ": no complaint about '" + complaint + "' in "
                            + String.join("\n", complaints));
        }
    }

    @Test
    void seesAMacroThatHasNoExcuse() throws Exception {
        assertEquals(6, complaints(odd(X86), X86, Excuses.NONE).size());
    }

    @Test
    void readsExcuses() {
        assertEquals(
                new Excuses(Map.of("A", "because: it is", "B", "so")),
                Excuses.parse("# comment\nA: because: it is\n\nB: so\n"));
    }

    /** The architectures that there is a gcc for; if the oracle is required, a missing one is a failure. */
    private static List<Architecture> architectures() {
        List<Architecture> architectures = Architecture.BOUND.stream()
                .filter(architecture -> REQUIRED || CCompiler.find(architecture).isPresent())
                .toList();
        Assumptions.assumeFalse(architectures.isEmpty(), "there is no gcc");
        return architectures;
    }

    private List<String> complaints(String text, Architecture architecture, Excuses excuses)
            throws IOException, URISyntaxException {
        String gcc = CCompiler.find(architecture)
                .orElseThrow(() -> new AssertionFailedError("there is no gcc for " + architecture.name()));
        CCompiler compiler = new CCompiler(gcc, List.of(resource("odd").resolve("include")), work);
        return new Oracle(SnapshotJson.read(text, "odd.json"), compiler).complaints(List.of("ODD", "wait"), excuses);
    }

    /** The declarations come out the same everywhere, but for the plain char that x86_64 alone has with a sign. */
    private static String odd(Architecture architecture) throws IOException, URISyntaxException {
        String text = Files.readString(resource("odd.json")).replace("\r", "");
        return architecture.equals(X86)
                ? text
                : text.replace("\"x86_64\"", "\"" + architecture.name() + "\"")
                        .replace("\"signed\": \"char\"", "\"unsigned\": \"char\"");
    }

    private static Path resource(String name) throws URISyntaxException {
        String path = "/io/kvm4j/headers/extraction/" + name;
        return Path.of(
                Objects.requireNonNull(OracleTest.class.getResource(path), path).toURI());
    }
}
