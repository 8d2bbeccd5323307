package io.kvm4j.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of broken or hostile snapshot is refused with its place, in seconds and bounded memory. */
final class HostileSnapshotTest {
    private static final String U32 = "\"unsigned\": \"__u32\"}";
    private static final Duration SOON = Duration.ofMinutes(2);

    @Test
    void recordThatEmbedsItself() {
        refuses(records(record("a", 8, 8, embed("x", 0, 8, "a"))), "h.json:3: a > a: a embeds itself in a snapshot");
    }

    @Test
    void recordsThatEmbedEachOther() {
        refuses(
                records(
                        record("a", 8, 8, embed("x", 0, 8, "b")),
                        record("b", 8, 8, embed("x", 0, 8, "c")),
                        record("c", 8, 8, embed("x", 0, 8, "a"))),
                "h.json:3: a > b > c > a: a embeds itself in a snapshot");
    }

    @Test
    void recordThatEmbedsItselfInAnArrayOrAUnion() {
        String array = "{\"name\": \"x\", \"offset\": 8, \"size\": 0, \"dimensions\": [0], \"elementSize\": 8,"
                + " \"struct\": \"a\"}";
        refuses(records(record("a", 8, 8, array)), "a > a: a embeds itself");
        String union = "{\"offset\": 0, \"size\": 8, \"inline\": \"union\", \"alignment\": 8, \"members\": ["
                + embed("x", 0, 8, "a") + "]}";
        refuses(records(record("a", 8, 8, union)), "a > a: a embeds itself");
    }

    @Test
    void recordsThatNestDeepByName() {
        String chain = IntStream.range(0, 1500)
                .mapToObj(i -> record("r" + i, 4, 4, i == 0 ? number("x", 0) : embed("x", 0, 4, "r" + (i - 1))))
                .collect(Collectors.joining(",\n"));
        refuses(snapshot(chain, ""), "r17 nests more than 16 records deep");
        String backwards = IntStream.range(0, 1500)
                .mapToObj(i -> record("r" + i, 4, 4, i == 1499 ? number("x", 0) : embed("x", 0, 4, "r" + (i + 1))))
                .collect(Collectors.joining(",\n"));
        refuses(snapshot(backwards, ""), "lies more than 16 records deep");
    }

    @Test
    void recordsThatNestDeepInPlace() {
        String member = number("x", 0);
        for (int i = 0; i < 25; i++) {
            member = "{\"name\": \"m\", \"offset\": 0, \"size\": 4, \"inline\": \"struct\", \"alignment\": 4,"
                    + " \"members\": [" + member + "]}";
        }
        refuses(records(record("a", 4, 4, member)), "h.json:3: a nests more than 16 records deep");
    }

    @Test
    void recordsThatDoubleWithEachLevel() {
        String doubling = IntStream.range(0, 16)
                .mapToObj(i -> i == 0
                        ? record("r0", 0, 1)
                        : record(
                                "r" + i,
                                0,
                                1,
                                embed("x", 0, 0, "r" + (i - 1)),
                                embed("y", 0, 0, "r" + (i - 1)),
                                embed("z", 0, 0, "r" + (i - 1))))
                .collect(Collectors.joining(",\n"));
        refuses(snapshot(doubling, ""), "holds more than 10000 records");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\": "})
    void jsonThatNestsDeep(String opening) {
        String nested = "{\n\"headerSet\": " + opening.repeat(100_000);
        refuses(nested, "h.json:2: values lie more than 64 deep in each other");
        refuses("{\"unknown\": " + opening.repeat(1001), "h.json:1: values lie more than 64 deep in each other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        [4294967296, 4294967296]   | expected an integer of at most 1073741824 in "dimensions"
        [1048576, 1048576]         | an array of more than 1073741824 elements or bytes
        [-1]                       | expected a non-negative integer in "dimensions"
        [18446744073709551617]     | expected an integer of at most 1073741824 in "dimensions"
        [2, 0]                     | only the first dimension can be 0
        [1, 1, 1, 1, 1]            | more than 4 dimensions
        [2.5]                      | expected a non-negative integer in "dimensions", found 2.5
        """)
    void dimensionsThatNoArrayHas(String dimensions, String message) {
        String member = "{\"name\": \"x\", \"offset\": 0, \"size\": 0, \"dimensions\": " + dimensions
                + ", \"elementSize\": 4, " + U32;
        refuses(records(record("a", 8, 8, member)), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        4611686018427387904  | 8  | expected an integer of at most 1073741824 for "size" in a record
        -8                   | 8  | expected a non-negative integer for "size" in a record
        8                    | 0  | an alignment of 0 is no power of two up to 65536 in a record
        12                   | 3  | an alignment of 3 is no power of two up to 65536 in a record
        8                    | -1 | expected a non-negative integer for "alignment" in a record
        12                   | 8  | a size of 12 is no multiple of the alignment, 8 in a record
        """)
    void sizesAndAlignmentsThatNoRecordHas(String size, String alignment, String message) {
        String record = "{\"name\": \"a\", \"kind\": \"struct\", \"header\": \"linux/a.h\", \"size\": " + size
                + ", \"alignment\": " + alignment + ", \"members\": []}";
        refuses(records(record), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"name": "x", "offset": 6, "size": 4, "unsigned": "__u32"}            | "x" at offset 6 is not within the 8 bytes
        {"name": "x", "offset": 4611686018427387904, "size": 4, "unsigned": "__u32"} | at most 1073741824 for "offset"
        {"name": "x", "offset": -4, "size": 4, "unsigned": "__u32"}           | a non-negative integer for "offset"
        {"name": "x", "offset": 0, "size": 4, "bits": [31, 30], "unsigned": "__u32"} | bits 31 to 60 are not within the 32 bits
        {"name": "x", "offset": 0, "size": 4, "bits": [0, 33], "unsigned": "__u32"}  | bits 0 to 32 are not within the 32 bits
        {"name": "x", "offset": 0, "size": 4, "bits": [0, 0], "unsigned": "__u32"}   | expected "bits" as [shift, width]
        {"name": "x", "offset": 0, "size": 8, "bits": [0, 3], "struct": "b"}  | only an integer can have "bits"
        {"offset": 0, "size": 4, "unsigned": "__u32"}                         | can be without a name
        """)
    void membersThatLieNowhere(String member, String message) {
        refuses(records(record("a", 8, 8, member)), message);
    }

    @Test
    void membersThatOverlap() {
        refuses(
                records(record("a", 8, 8, number("x", 0), number("y", 2))),
                "\"y\" at offset 2 overlaps what is before");
        String low = "{\"name\": \"low\", \"offset\": 0, \"size\": 4, \"bits\": [0, 5], " + U32;
        String high = "{\"name\": \"high\", \"offset\": 0, \"size\": 4, \"bits\": [4, 5], " + U32;
        refuses(records(record("a", 8, 8, low, high)), "\"high\" at offset 0 overlaps what is before");
        refuses(records(record("a", 8, 8, low, number("x", 0))), "\"x\" at offset 0 overlaps what is before");
    }

    @Test
    void fortyThousandFields() {
        String fields = IntStream.range(0, 40_000)
                .mapToObj(i -> number("f" + i, 4L * i))
                .collect(Collectors.joining(",\n"));
        refuses(
                records(record("a", 160_000, 4, fields)),
                "h.json:3: a has more than 800 members, which is more than a Java class can hold");
    }

    @Test
    void seventyThousandConstants() {
        String constants = IntStream.range(0, 70_000)
                .mapToObj(i -> constant("C" + i, String.valueOf(i)))
                .collect(Collectors.joining(",\n"));
        refuses(snapshot("", constants), "more than 16384 constants, which is more than one Java program can hold");
    }

    @Test
    void aFileOfAHundredMegabytes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("large.json");
        try (var channel = Files.newByteChannel(
                file, java.nio.file.StandardOpenOption.CREATE_NEW, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(100L << 20);
            channel.write(StandardCharsets.US_ASCII.encode("x"));
        }
        SnapshotFormatException e = assertTimeoutPreemptively(
                SOON, () -> assertThrows(SnapshotFormatException.class, () -> SnapshotJson.read(file)));
        assertEquals(file + ":1: larger than 16 MiB, the most that a snapshot may take", e.getMessage());
    }

    @Test
    void aStreamThatNeverEnds() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }
        };
        assertTimeoutPreemptively(
                SOON, () -> assertThrows(SnapshotFormatException.class, () -> SnapshotJson.read(endless, "h.json")));
    }

    @Test
    void aMillionValues() {
        refuses("[" + "1,".repeat(2_000_000) + "1]", "more than 1000000 values");
    }

    @Test
    void duplicateNames() {
        refuses(records(record("a", 8, 8), record("a", 8, 8)), "h.json:4: two entries for the record a");
        refuses(
                records(record("a", 8, 8, number("x", 0), number("x", 4))),
                "h.json:3: two members of a are called x in a member");
        refuses(
                snapshot("", constant("A", "1") + ",\n" + constant("A", "2")),
                "two entries for the constant A in a snapshot");
        refuses("{\"headerSet\": \"a\",\n \"headerSet\": \"b\"}", "h.json:2: Duplicate field 'headerSet'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/",
                "a b",
                "a\\nb",
                "a\\\"b",
                "a$b",
                "a-b",
                "1a",
                "\\u00e4",
                "\\\\u002a\\\\u002f",
                "a\\u0000",
                "a\\n",
                "\\u202e",
                "int",
                "struct"
            })
    void namesThatAreNoIdentifiers(String name) {
        refuses(records(record(name, 8, 8)), "expected a C identifier for \"name\" in a record");
        refuses(records(record("a", 8, 8, number(name, 0))), "expected a C identifier for \"name\" in a member");
        refuses(records(record("a", 8, 8, embed("x", 0, 8, name))), "expected a C identifier for \"struct\"");
        refuses(snapshot("", constant(name, "1")), "expected a C identifier that Java can have, too");
    }

    @Test
    void namesThatAreTooLong() {
        refuses(records(record("a".repeat(128), 8, 8)), "expected a C identifier for \"name\" in a record");
        refuses(records(record("a".repeat(100_000), 8, 8)), "a key, text or number is too long");
        String inner = number("x", 0);
        for (int i = 0; i < 4; i++) {
            inner = "{\"name\": \"" + "n".repeat(50) + "\", \"offset\": 0, \"size\": 4, \"inline\": \"struct\","
                    + " \"alignment\": 4, \"members\": [" + inner + "]}";
        }
        refuses(records(record("a", 4, 4, inner)), "have more than 160 characters together");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*/ int x; /*", "__u32 */", "a\\nb", "\\\\u002a/", "{@link x}", "<b>", "int;", "", "@x", "a\\\"b"
            })
    void typesThatAreNone(String type) {
        String member = "{\"name\": \"x\", \"offset\": 0, \"size\": 4, \"unsigned\": \"" + type + "\"}";
        refuses(records(record("a", 8, 8, member)), "expected a C type for \"unsigned\" in a member");
        String pointer = "{\"name\": \"x\", \"offset\": 0, \"size\": 8, \"pointer\": \"" + type + "\"}";
        refuses(records(record("a", 8, 8, pointer)), "expected a C type for \"pointer\" in a member");
        String text = snapshot("", constant("A", "1"))
                .replace("\"ioctls\": []", "\"ioctls\": [{\"name\": \"A\", \"argument\": \"" + type + "\"}]");
        refuses(text, "expected a C type for \"argument\" in an ioctl");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "headerSet": "s"      | "headerSet": "s\\nclass X {}" | expected the name of a header set for "headerSet"
        "headerSet": "s"      | "headerSet": "../s"          | expected the name of a header set for "headerSet"
        "architecture": "a"   | "architecture": "a\\u000a"   | expected the name of an architecture
        "sha256": "00"        | "sha256": "XX"               | expected a digest in lower-case hexadecimal
        "path": "linux/a.h"   | "path": "/etc/passwd"        | expected the path of a header
        "path": "linux/a.h"   | "path": "linux/../../a.h"    | expected the path of a header
        "path": "linux/a.h"   | "path": "linux/*/a.h"        | expected the path of a header
        "unavailableIoctls": [] | "unavailableIoctls": ["*/"] | expected a C identifier in "unavailableIoctls"
        "headers": [          | "headers": 7, "x": [         | expected an array for "headers"
        """)
    void otherTexts(String original, String replacement, String message) {
        String text = snapshot("", "");
        assertTrue(text.contains(original), original);
        refuses(text.replace(original, replacement), message);
    }

    @ParameterizedTest
    @CsvSource({
        "2147483648, int",
        "-1, unsigned int",
        "18446744073709551616, unsigned long",
        "9223372036854775808, long"
    })
    void valuesBeyondTheirType(String value, String type) {
        String constant = constant("A", value).replace("\"int\"", "\"" + type + "\"");
        refuses(snapshot("", constant), "the value " + value + " does not fit the type " + type);
    }

    @Test
    void aNumberOfManyDigits() {
        refuses(snapshot("", constant("A", "1".repeat(100_000))), "a key, text or number is too long");
    }

    @Test
    void textsThatAreNoJson() {
        refuses("", "h.json:1: expected a snapshot as an object, found the end of the text");
        refuses("null", "expected a snapshot as an object, found null");
        refuses("[]", "expected a snapshot as an object, found an array");
        refuses("\ufeff" + snapshot("", ""), "h.json:1: Unexpected character");
        String text = snapshot(record("a", 8, 8, number("x", 0)), constant("A", "1"));
        for (int end = 1; end < text.stripTrailing().length(); end += 7) {
            refuses(text.substring(0, end), "h.json:");
        }
    }

    @Test
    void bytesThatAreNotUtf8() {
        for (byte[] bytes : new byte[][] {
            {'"', (byte) 0xff, '"'}, {(byte) 0xc3}, {(byte) 0xfe, (byte) 0xff, 0, '{'}, {'{', 0, '}', 0}
        }) {
            SnapshotFormatException e = assertThrows(
                    SnapshotFormatException.class, () -> SnapshotJson.read(new ByteArrayInputStream(bytes), "h.json"));
            assertTrue(e.getMessage().startsWith("h.json:1: "), e.getMessage());
        }
    }

    private static void refuses(String text, String message) {
        SnapshotFormatException e = assertTimeoutPreemptively(
                SOON, () -> assertThrows(SnapshotFormatException.class, () -> SnapshotJson.read(text, "h.json")));
        String said = String.valueOf(e.getMessage());
        assertTrue(said.contains(message), said);
        assertTrue(said.matches("h\\.json:[1-9]\\d*: [\\x20-\\x7e…]{1,500}"), said);
    }

    private static String snapshot(String records, String constants) {
        return """
            {"headerSet": "s", "architecture": "a", "headers": [{"path": "linux/a.h", "sha256": "00"}],
            "records": [
            %s],
            "constants": [%s],
            "ioctls": [], "unavailableIoctls": []}
            """.formatted(records, constants);
    }

    private static String records(String... records) {
        return snapshot(String.join(",\n", records), "");
    }

    private static String record(String name, long size, long alignment, String... members) {
        return "{\"name\": \"%s\", \"kind\": \"struct\", \"header\": \"linux/a.h\", \"size\": %d, \"alignment\": %d, \"members\": [%s]}"
                .formatted(name, size, alignment, String.join(", ", members));
    }

    private static String number(String name, long offset) {
        return "{\"name\": \"%s\", \"offset\": %d, \"size\": 4, %s".formatted(name, offset, U32);
    }

    private static String embed(String name, long offset, long size, String record) {
        return "{\"name\": \"%s\", \"offset\": %d, \"size\": %d, \"struct\": \"%s\"}"
                .formatted(name, offset, size, record);
    }

    private static String constant(String name, String value) {
        return "{\"name\": \"%s\", \"header\": \"linux/a.h\", \"value\": %s, \"type\": \"int\"}".formatted(name, value);
    }
}
