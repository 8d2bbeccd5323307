package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static io.kvm4j.processor.SpecCompiler.compile;
import static io.kvm4j.processor.SpecCompiler.packageOf;
import static io.kvm4j.processor.SpecCompiler.spec;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import io.kvm4j.snapshot.SnapshotFormatException;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of snapshots that are broken, hostile, or as large as they can be. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class HostileSnapshotTest {
    private static final JavaFileObject DRV =
            packageOf("drv", "@UapiPackage(headers = \"linux/drv.h\", constants = \"DrvConstants\")");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "unsigned": "__u8"}    | "unsigned": "*/ class X {} /*"}  | expected a C type for "unsigned" in a member
        "bits": [3, 29]        | "bits": [31, 30]                 | bits 31 to 60 are not within the 32 bits
        "size": 24             | "size": 4611686018427387904      | expected an integer of at most 1073741824
        "alignment": 8         | "alignment": 0                   | an alignment of 0 is no power of two
        "name": "drv_list"     | "name": "drv_bits"               | two entries for the record drv_bits
        "struct": "drv_regs"   | "struct": "drv_context"          | takes 16 bytes, yet struct drv_context has 24
        "headerSet": "test-driver" | "headerSet": "x */ class Y {}" | expected the name of a header set
        """)
    void brokenSnapshotIsOneDiagnosticWithItsPlace(String original, String replacement, String message)
            throws IOException {
        String text = Files.readString(SpecCompiler.SNAPSHOT);
        assertThat(text).contains(original);
        Path file =
                write("broken.json", text.replaceFirst(Pattern.quote(original), Matcher.quoteReplacement(replacement)));
        Compilation c = compile(List.of("-Akvm4j.snapshot=" + file), DRV);
        assertThat(c).hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read: " + file + ":");
        assertThat(c).hadErrorContaining(message);
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void brokenSnapshotHidesNeitherAnotherNorWhatIsWrongWithSpecs() throws IOException {
        Path one = write("one.json", "{");
        Path two = write("two.json", "");
        JavaFileObject misnamed = spec("Flags", "@FlagEnum(prefix = \"DRV_\")", "interface Flags {}");
        Compilation c = compile(List.of("-Akvm4j.snapshot=" + one + ":" + SpecCompiler.SNAPSHOT + ":" + two), misnamed);
        assertThat(c).hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read: " + one + ":1: ");
        assertThat(c).hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read: " + two + ":1: ");
        assertThat(c).hadErrorContaining("[KVM4J-010]");
        List<String> unexpected = c.errors().stream()
                .map(e -> e.getMessage(null))
                .filter(m -> !m.contains("[KVM4J-") && !m.contains("does not exist"))
                .toList();
        assertThat(unexpected).isEmpty();
    }

    @Test
    void whatIsNoFileIsADiagnostic() {
        Compilation c = compile(List.of("-Akvm4j.snapshot=:"), DRV);
        assertThat(c).hadErrorContaining("[KVM4J-001]");
        assertThat(c).hadErrorCount(1);
        Compilation nul = compile(List.of("-Akvm4j.snapshot=a\0b"), DRV);
        assertThat(nul).hadErrorContaining("[KVM4J-002]");
        assertThat(nul).hadErrorCount(1);
    }

    /** Every member takes as much of the layout's initializer as one can. */
    @Test
    void recordWithAsManyMembersAsThereMayBe() throws IOException {
        String members = IntStream.range(0, 800)
                .mapToObj(i ->
                        ("{\"name\": \"member_number_%d\", \"offset\": %d, \"size\": 16, \"dimensions\": [2, 2, 2, 2],"
                                        + " \"elementSize\": 1, \"unsigned\": \"__u8\"}")
                                .formatted(i, 40_000 + 17 * i))
                .collect(Collectors.joining(",\n"));
        assertThat(compileSnapshot(record("big", 60_000, 1, members), "")).succeededWithoutWarnings();
    }

    @Test
    void recordsWithAsManyMembersAltogetherAsThereMayBe() throws IOException {
        String members =
                IntStream.range(0, 3).mapToObj(i -> number("m" + i, 4L * i)).collect(Collectors.joining(", "));
        String records = IntStream.range(0, 4096)
                .mapToObj(i -> record("r" + i, 12, 4, members))
                .collect(Collectors.joining(",\n"));
        assertThat(compileSnapshot(records, "")).succeededWithoutWarnings();
    }

    @Test
    void asManyConstantsAsThereMayBe() throws IOException {
        String constants = IntStream.range(0, 16_384)
                .mapToObj(i -> constant("DRV_CONSTANT_NUMBER_" + i, Long.MIN_VALUE + 3L * i, "long"))
                .collect(Collectors.joining(",\n"));
        assertThat(compileSnapshot("", constants)).succeededWithoutWarnings();
    }

    @Test
    void enumOfMoreMacrosThanAClassHolds() throws IOException {
        JavaFileObject numerals = spec("NumeralSpec", "@ValueEnum(prefix = \"N_\")", "interface NumeralSpec {}");
        JavaFileObject bits = spec("BitSpec", "@FlagEnum(prefix = \"N_\")", "interface BitSpec {}");
        String most = IntStream.range(0, 2000)
                .mapToObj(i -> constant("N_" + i, 100_000 + i, "int"))
                .collect(Collectors.joining(",\n"));
        assertThat(compileSnapshot("", most, numerals)).succeededWithoutWarnings();
        Compilation c = compileSnapshot("", most + ",\n" + constant("N_MORE", 7, "int"), numerals, bits);
        assertThat(c)
                .hadErrorContaining("[KVM4J-056] the prefix N_ has 2001 macros, and a Java class can hold no more than"
                        + " 2000; name a longer one")
                .inFile(numerals)
                .onLineContaining("prefix = \"N_\"");
        assertThat(c.errors().stream()
                        .filter(e -> e.getMessage(null).contains("KVM4J-056"))
                        .count())
                .isEqualTo(2);
    }

    /** Names that C allows and that something in generated code has already. */
    @Test
    void namesThatCollideInJava() throws IOException {
        List<String> names = List.of(
                "size",
                "index",
                "second",
                "third",
                "fourth",
                "value",
                "memory",
                "base",
                "new_base",
                "yield",
                "_",
                "__",
                "move_to",
                "capacity",
                "entry",
                "allocate",
                "within",
                "of",
                "layout",
                "LAYOUT",
                "segment",
                "notify",
                "class",
                "Struct",
                "Math",
                "Object",
                "memory_segment",
                "group_layout",
                "a_b",
                "a__b",
                "aB",
                "equals",
                "copy_from",
                "hash_code",
                "checked",
                "move",
                "fixed",
                "null",
                "true",
                "exits",
                "arm",
                "reason",
                "run_area",
                "record");
        List<String> members = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            members.add(
                    "{\"name\": \"%s\", \"offset\": %d, \"size\": 8, \"dimensions\": [2], \"elementSize\": 4, \"inline\": \"struct\", \"alignment\": 4, \"members\": [%s]}"
                            .formatted(names.get(i), 8 * i, number("is_x", 0)));
        }
        String nested = record("nested", 8L * names.size(), 4, String.join(",\n", members));
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            numbers.add("{\"name\": \"%s\", \"offset\": %d, \"size\": 8, \"unsigned\": \"__u64\"}"
                    .formatted(names.get(i), 8 * i));
        }
        String flat = record("flat", 8L * names.size(), 8, String.join(",\n", numbers));
        String others = names.stream()
                .filter(n -> !n.matches("[A-Z].*"))
                .map(n -> record(n, 4, 4, number("x", 0)))
                .collect(Collectors.joining(",\n"));
        assertThat(compileSnapshot(nested + ",\n" + flat + ",\n" + others, "")).succeededWithoutWarnings();
    }

    /** Longer with {@code -Dkvm4j.mutations=1000}; a failure is repeated with {@code -Dkvm4j.seed}. */
    @Test
    void mutatedSnapshotIsRefusedOrCompiles() throws IOException {
        long seed = Long.getLong("kvm4j.seed", System.nanoTime());
        int most = Integer.getInteger("kvm4j.mutations", 12);
        System.out.println("mutations with -Dkvm4j.seed=" + seed);
        Random random = new Random(seed);
        String text = Files.readString(SpecCompiler.SNAPSHOT);
        int refused = 0;
        int compiled = 0;
        while (compiled < most && refused < 500 * most) {
            String mutated = SnapshotMutation.of(text, random);
            try {
                SnapshotJson.read(mutated, "mutated");
            } catch (SnapshotFormatException e) {
                refused++;
                continue;
            }
            compiled++;
            Compilation c = compile(List.of("-Akvm4j.snapshot=" + write("mutated.json", mutated)), Driver.specs());
            boolean explained =
                    c.errors().stream().anyMatch(e -> e.getMessage(null).contains("[KVM4J-"));
            if (c.status() != Compilation.Status.SUCCESS && !explained) {
                throw new AssertionError("seed " + seed + ", mutation " + (refused + compiled) + ": " + c.errors());
            }
        }
        assertThat(compiled).isEqualTo(most);
    }

    private Compilation compileSnapshot(String records, String constants, JavaFileObject... specs) throws IOException {
        Path file = write("snapshot.json", """
            {"headerSet": "s", "architecture": "a", "headers": [{"path": "linux/drv.h", "sha256": "00"}],
            "records": [%s], "constants": [%s], "ioctls": [], "unavailableIoctls": []}
            """.formatted(records, constants));
        List<JavaFileObject> all = new ArrayList<>(List.of(specs));
        all.add(DRV);
        all.add(JavaFileObjects.forSourceString("drv.x86.Any", "package drv.x86; class Any {}"));
        return compile(List.of("-Akvm4j.snapshot=" + file), all.toArray(JavaFileObject[]::new));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String record(String name, long size, long alignment, String members) {
        return "{\"name\": \"%s\", \"kind\": \"struct\", \"header\": \"linux/drv.h\", \"size\": %d, \"alignment\": %d, \"members\": [%s]}"
                .formatted(name, size, alignment, members);
    }

    private static String number(String name, long offset) {
        return "{\"name\": \"%s\", \"offset\": %d, \"size\": 4, \"unsigned\": \"__u32\"}".formatted(name, offset);
    }

    private static String constant(String name, long value, String type) {
        return "{\"name\": \"%s\", \"header\": \"linux/drv.h\", \"value\": %d, \"type\": \"%s\"}"
                .formatted(name, value, type);
    }
}
