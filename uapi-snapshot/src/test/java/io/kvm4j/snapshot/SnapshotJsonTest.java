package io.kvm4j.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SnapshotJsonTest {
    private static final Snapshot SNAPSHOT = new Snapshot(
            "linux-7.2",
            "x86_64",
            List.of(new Header("linux/demo.h", "00ff")),
            List.of(
                    new RecordType(
                            "demo",
                            RecordKind.STRUCT,
                            "linux/demo.h",
                            48,
                            8,
                            List.of(
                                    new Member("count", u32(), 0, 4, List.of(), BitRange.NONE),
                                    new Member(
                                            "delta",
                                            new MemberType.Integer("__s16", 2, true),
                                            4,
                                            2,
                                            List.of(),
                                            BitRange.NONE),
                                    new Member("low", u32(), 8, 4, List.of(), new BitRange(3, 5)),
                                    new Member("grid", u32(), 12, 24, List.of(2L, 3L), BitRange.NONE),
                                    new Member(
                                            "where",
                                            new MemberType.Pointer("void (*)(int, char *)", 8),
                                            40,
                                            8,
                                            List.of(),
                                            BitRange.NONE),
                                    new Member(
                                            "",
                                            new MemberType.Inline(
                                                    RecordKind.UNION,
                                                    0,
                                                    4,
                                                    List.of(
                                                            new Member("raw", u32(), 0, 0, List.of(0L), BitRange.NONE),
                                                            new Member(
                                                                    "parts",
                                                                    new MemberType.Named(RecordKind.UNION, "part", 2),
                                                                    0,
                                                                    0,
                                                                    List.of(0L),
                                                                    BitRange.NONE))),
                                            48,
                                            0,
                                            List.of(),
                                            BitRange.NONE))),
                    new RecordType(
                            "part",
                            RecordKind.UNION,
                            "linux/demo.h",
                            2,
                            2,
                            List.of(new Member(
                                    "whole",
                                    new MemberType.Integer("__u16", 2, false),
                                    0,
                                    2,
                                    List.of(),
                                    BitRange.NONE)))),
            List.of(
                    new Constant("BIG", "linux/demo.h", BigInteger.TWO.pow(64).subtract(BigInteger.ONE), 8, false),
                    new Constant("DEMO", "linux/demo.h", BigInteger.valueOf(0x8008_0001L), 4, false),
                    new Constant("LESS", "linux/demo.h", BigInteger.valueOf(-1), 4, true),
                    new Constant("PLAIN", "linux/demo.h", BigInteger.ONE, 4, true)),
            List.of(
                    new Ioctl("DEMO", "struct demo", List.of("KVM_CAP_A", "KVM_CAP_\"B\"")),
                    new Ioctl("PLAIN", "", List.of())),
            List.of("GONE"));

    private static final String TEXT = """
        {
          "headerSet": "linux-7.2",
          "architecture": "x86_64",
          "headers": [
            {"path": "linux/demo.h", "sha256": "00ff"}
          ],
          "records": [
            {"name": "demo", "kind": "struct", "header": "linux/demo.h", "size": 48, "alignment": 8, "members": [
              {"name": "count", "offset": 0, "size": 4, "unsigned": "__u32"},
              {"name": "delta", "offset": 4, "size": 2, "signed": "__s16"},
              {"name": "low", "offset": 8, "size": 4, "bits": [3, 5], "unsigned": "__u32"},
              {"name": "grid", "offset": 12, "size": 24, "dimensions": [2, 3], "elementSize": 4, "unsigned": "__u32"},
              {"name": "where", "offset": 40, "size": 8, "pointer": "void (*)(int, char *)"},
              {"offset": 48, "size": 0, "inline": "union", "alignment": 4, "members": [
                {"name": "raw", "offset": 0, "size": 0, "dimensions": [0], "elementSize": 4, "unsigned": "__u32"},
                {"name": "parts", "offset": 0, "size": 0, "dimensions": [0], "elementSize": 2, "union": "part"}
              ]}
            ]},
            {"name": "part", "kind": "union", "header": "linux/demo.h", "size": 2, "alignment": 2, "members": [
              {"name": "whole", "offset": 0, "size": 2, "unsigned": "__u16"}
            ]}
          ],
          "constants": [
            {"name": "BIG", "header": "linux/demo.h", "value": 18446744073709551615, "type": "unsigned long"},
            {"name": "DEMO", "header": "linux/demo.h", "value": 2148007937, "type": "unsigned int"},
            {"name": "LESS", "header": "linux/demo.h", "value": -1, "type": "int"},
            {"name": "PLAIN", "header": "linux/demo.h", "value": 1, "type": "int"}
          ],
          "ioctls": [
            {"name": "DEMO", "argument": "struct demo", "capabilities": ["KVM_CAP_A", "KVM_CAP_\\"B\\""]},
            {"name": "PLAIN"}
          ],
          "unavailableIoctls": [
            "GONE"
          ]
        }
        """;

    private static MemberType u32() {
        return new MemberType.Integer("__u32", 4, false);
    }

    @Test
    void writesOneLinePerLeaf() {
        assertEquals(TEXT, SnapshotJson.write(SNAPSHOT));
    }

    @Test
    void readsWhatItWrote() throws SnapshotFormatException {
        assertEquals(SNAPSHOT, SnapshotJson.read(TEXT, "demo.json"));
    }

    @Test
    void emptyListsTakeOneLine() throws SnapshotFormatException {
        Snapshot empty = new Snapshot("s", "a", List.of(), List.of(), List.of(), List.of(), List.of());
        String text = SnapshotJson.write(empty);
        assertTrue(text.contains("\n  \"records\": [],\n"), text);
        assertEquals(empty, SnapshotJson.read(text, "empty.json"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        "size": 48            | "size": -1           | expected a non-negative integer for "size" in a record, found the number -1
        "size": 48            | "size": "48"         | expected a non-negative integer for "size" in a record, found the string "48"
        "size": 48            | "size": 4.5          | expected a non-negative integer for "size" in a record, found 4.5
        "size": 48, "al       | "al                  | expected "size" with a non-negative integer in a record
        "kind": "struct"      | "kind": "class"      | expected "struct" or "union" for "kind", found "class" in a record
        "unsigned": "__u32"}, | "float": "__u32"},   | expected one of "unsigned", "signed", "pointer", "struct", "union" or "inline" in a member
        "bits": [3, 5]        | "bits": [3]          | expected "bits" as [shift, width] in a member
        [2, 3]                | [2, 4]               | expected a size of 32 for the array, found 24 in a member
        [2, 3]                | [2, "3"]             | expected a non-negative integer in "dimensions", found the string "3"
        4, "unsigned": "__u32"}, | 3, "unsigned": "__u32"}, | no integer or pointer takes 3 bytes in a member
        "offset": 40          | "offset": 41         | "where" at offset 41 is not within the 48 bytes of its struct in a record
        "offset": 40          | "offset": 32         | "where" at offset 32 overlaps what is before it in a record
        "parts", "offset": 0  | "parts", "offset": 1 | "parts" at offset 1 is not within the 0 bytes of its union in a member
        "whole", "offset": 0  | "whole", "offset": 1 | "whole" at offset 1 is not within the 2 bytes of its union in a record
        "elementSize": 2      | "elementSize": 4     | "parts" of struct demo takes 4 bytes, yet union part has 2 in a snapshot
        "union": "part"       | "union": "parts"     | "parts" of struct demo takes 2 bytes, yet union parts has no entry in a snapshot
        "int"}     | "short"}      | expected one of the types [int, long, unsigned int, unsigned long], found "short" in a constant
        "value": -1           | "value": 2147483648  | the value 2147483648 does not fit the type int in a constant
        {"name": "PLAIN"}     | {"name": "DEMO"}     | two entries for the ioctl DEMO in a snapshot
        {"name": "PLAIN"}     | {"name": "LONE"}     | no constant for the ioctl LONE in a snapshot
        {"name": "PLAIN"}     | {"name": "PLAIN", "to": 1} | unknown key "to" in an ioctl
        {"name": "PLAIN"}     | "PLAIN"              | expected an ioctl as an object, found the string "PLAIN"
        "GONE"                | 7                    | expected a string in "unavailableIoctls", found the number 7
        ["KVM_CAP_A", "KVM_CAP_\\"B\\""] | {}       | expected an array for "capabilities" in an ioctl, found an object
        """)
    void errorsNameSourceLineAndExpectation(String original, String replacement, String message) {
        String broken = TEXT.replaceFirst(Pattern.quote(original), Matcher.quoteReplacement(replacement));
        SnapshotFormatException e =
                assertThrows(SnapshotFormatException.class, () -> SnapshotJson.read(broken, "demo.json"));
        assertEquals("demo.json:" + e.line() + ": " + message, e.getMessage());
        boolean concernsMore = message.contains("at offset") || message.endsWith("in a snapshot");
        if (!concernsMore) {
            assertEquals(firstDifference(broken), e.line(), e.getMessage());
        }
    }

    @Test
    void brokenJsonNamesItsLine() {
        String broken = TEXT.replace("\"constants\": [", "\"constants\": [[");
        SnapshotFormatException e =
                assertThrows(SnapshotFormatException.class, () -> SnapshotJson.read(broken, "demo.json"));
        assertEquals("demo.json", e.source());
        assertEquals(lineOf(broken, "\"ioctls\""), e.line(), e.getMessage());
    }

    @Test
    void textAfterTheSnapshotIsAnError() {
        SnapshotFormatException e =
                assertThrows(SnapshotFormatException.class, () -> SnapshotJson.read(TEXT + "{}", "demo.json"));
        assertTrue(e.getMessage().endsWith("expected the end of the text"), e.getMessage());
    }

    private static int firstDifference(String broken) {
        return lineOf(broken, broken.substring(Arrays.mismatch(TEXT.toCharArray(), broken.toCharArray())));
    }

    private static int lineOf(String text, String part) {
        return 1
                + (int) text.substring(0, text.indexOf(part))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }
}
