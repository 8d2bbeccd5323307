package io.kvm4j.headers.c;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kvm4j.snapshot.RecordKind;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CDeclarationTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        __u32 a                          | a    | __u32                   |
        const volatile __u32 a           | a    | const volatile __u32    |
        unsigned long long a[2][3];      | a    | unsigned long long      | 2 3
        unsigned __int128 a              | a    | unsigned __int128       |
        enum color a[4]                  | a    | enum color              | 4
        __u8 z[]                         | z    | __u8                    | 0
        __u8 z[0]                        | z    | __u8                    | 0
        char *argv[4]                    | argv | char *                  | 4
        const char **p                   | p    | const char **           |
        char *const p                    | p    | char *const             |
        void (*cb)(int, char *)          | cb   | void (*)(int, char *)   |
        int (*arr[3])(void)              | arr  | int (*)(void)           | 3
        char *(*ret)(struct fp *, ...)   | ret  | char *(*)(struct fp *, ...) |
        int (*to)[5]                     | to   | int (*)[5]              |
        int (**to)[5]                    | to   | int (**)[5]             |
        void (*(*f)(int))(char)          | f    | void (*(*)(int))(char)  |
        struct fwd *f                    | f    | struct fwd *            |
        struct fwd f[2]                  | f    | struct fwd              | 2
        __u64 a __attribute__((aligned(8))) | a | __u64                   |
        typeof(struct kvm_regs) *a0      | a0   | struct kvm_regs *       |
        typeof(char[16]) *a0             | a0   | char[16] *              |
        typeof(void (*)(int)) *a0        | a0   | void (*)(int) *         |
        """)
    void readsDeclarators(String text, String name, String spelling, @Nullable String dimensions) {
        CMember member = ((CDeclaration.Variable) CDeclaration.parse(text)).declared();
        assertEquals(name, member.name());
        assertEquals(spelling, member.type().spelling());
        List<Long> expected = dimensions == null
                ? List.of()
                : List.of(dimensions.split(" ")).stream().map(Long::valueOf).toList();
        assertEquals(expected, member.dimensions());
    }

    @Test
    void readsAggregates() {
        CType type = type("""
            struct outer {
                __u32 a, *b;
                union {
                    struct {
                    } __empty_x;
                    __u64 x[];
                };
                struct inner {
                    int : 0;
                    unsigned int low : 3;
                    unsigned int : 2;
                } in[2];
                enum {
                    X1,
                    X2 = (1 << 3)
                } d;
                enum inl e;
            }
            """);
        CType.Word u32 = new CType.Word("__u32", "__u32");
        CType.Word unsigned = new CType.Word("unsigned int", "unsigned int");
        CType.Aggregate empty = new CType.Aggregate(RecordKind.STRUCT, Optional.empty(), List.of());
        CType.Aggregate inner = new CType.Aggregate(
                RecordKind.STRUCT,
                Optional.of("inner"),
                List.of(
                        new CMember("", new CType.Word("int", "int"), List.of(), OptionalInt.of(0)),
                        new CMember("low", unsigned, List.of(), OptionalInt.of(3)),
                        new CMember("", unsigned, List.of(), OptionalInt.of(2))));
        assertEquals(
                new CType.Aggregate(
                        RecordKind.STRUCT,
                        Optional.of("outer"),
                        List.of(
                                plain("a", u32),
                                plain("b", new CType.Pointer("__u32 *")),
                                plain(
                                        "",
                                        new CType.Aggregate(
                                                RecordKind.UNION,
                                                Optional.empty(),
                                                List.of(
                                                        plain("__empty_x", empty),
                                                        new CMember(
                                                                "x",
                                                                new CType.Word("__u64", "__u64"),
                                                                List.of(0L),
                                                                OptionalInt.empty())))),
                                new CMember("in", inner, List.of(2L), OptionalInt.empty()),
                                plain("d", new CType.Enumeration(Optional.empty(), List.of("X1", "X2"))),
                                plain("e", new CType.Word("enum inl", "enum inl")))),
                type);
    }

    @Test
    void readsTypedefs() {
        CDeclaration.Typedef typedef =
                assertInstanceOf(CDeclaration.Typedef.class, CDeclaration.parse("typedef __u32 pair[2]"));
        assertEquals(
                new CMember("pair", new CType.Word("__u32", "__u32"), List.of(2L), OptionalInt.empty()),
                typedef.declared());
        CDeclaration.Typedef function =
                assertInstanceOf(CDeclaration.Typedef.class, CDeclaration.parse("typedef void fn(int)"));
        assertEquals(new CType.Function("void (int)"), function.declared().type());
    }

    @Test
    void readsForwardDeclarations() {
        assertEquals(new CType.Reference(RecordKind.UNION, "u"), type("union u;"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"struct a { __u32 x }", "struct {", "__u32 a[n]", "__u32 a b", "", "struct a { @ }", "void (*f"})
    void refusesWhatItDoesNotUnderstand(String text) {
        CSyntaxException e = assertThrows(CSyntaxException.class, () -> CDeclaration.parse(text));
        assertEquals(true, e.getMessage().startsWith("expected "), e.getMessage());
    }

    private static CMember plain(String name, CType type) {
        return new CMember(name, type, List.of(), OptionalInt.empty());
    }

    private static CType type(String text) {
        return ((CDeclaration.Type) CDeclaration.parse(text)).type();
    }
}
