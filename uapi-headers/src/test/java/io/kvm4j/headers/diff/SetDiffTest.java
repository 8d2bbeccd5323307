package io.kvm4j.headers.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvm4j.headers.HeadersException;
import io.kvm4j.headers.HeadersException.Problem;
import io.kvm4j.headers.diff.Difference.Change;
import io.kvm4j.headers.diff.Difference.Subject;
import io.kvm4j.headers.sets.SnapshotSet;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import io.kvm4j.snapshot.SpecClaims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SetDiffTest {
    private static final String SMALL = """
        {
          "headerSet": "small",
          "architecture": "x86_64",
          "headers": [],
          "records": [
            {"name": "pair", "kind": "struct", "header": "linux/a.h", "size": 8, "alignment": 4, "members": [
              {"name": "one", "offset": 0, "size": 4, "unsigned": "__u32"},
              {"offset": 4, "size": 4, "inline": "union", "alignment": 4, "members": [
                {"name": "inner", "offset": 0, "size": 4, "inline": "struct", "alignment": 2, "members": [
                  {"name": "low", "offset": 0, "size": 2, "unsigned": "__u16"},
                  {"name": "high", "offset": 2, "size": 2, "unsigned": "__u16"}
                ]}
              ]}
            ]}
          ],
          "constants": [
            {"name": "A_FLAG_ONE", "header": "linux/a.h", "value": 1, "type": "int"},
            {"name": "A_FLAG_TWO", "header": "linux/a.h", "value": 2, "type": "int"},
            {"name": "A_GET", "header": "linux/a.h", "value": 2148024577, "type": "unsigned int"}
          ],
          "ioctls": [
            {"name": "A_GET", "argument": "struct pair"}
          ],
          "unavailableIoctls": []
        }
        """;

    @TempDir
    Path directory;

    @Test
    void tellsWhatLinux72HasNew() {
        SetDiff diff = diff("linux-6.12", "linux-7.2");
        assertEquals(List.of("x86_64", "aarch64", "riscv64", "s390x", "powerpc64le", "mips64el"), diff.architectures());
        assertTrue(
                added(diff, Subject.RECORD).contains("struct kvm_exit_snp_req_certs: struct, 24 bytes, aligned to 8"));
        assertEquals(
                List.of(
                        "KVM_EXIT_ARM_LDST64B: 42 (int)",
                        "KVM_EXIT_ARM_SEA: 41 (int)",
                        "KVM_EXIT_SNP_REQ_CERTS: 43 (int)",
                        "KVM_EXIT_TDX: 40 (int)"),
                added(diff, Subject.EXIT));
        assertEquals(
                List.of("KVM_S390_KEYOP: _IOWR(0xae, 0x53, struct kvm_s390_keyop), 16 bytes"),
                added(diff, Subject.IOCTL));
        assertTrue(added(diff, Subject.CONSTANT)
                .containsAll(List.of(
                        "GUEST_MEMFD_FLAG_INIT_SHARED: 2 (unsigned long)",
                        "GUEST_MEMFD_FLAG_MMAP: 1 (unsigned long)")));
        assertEquals(11, added(diff, Subject.CAPABILITY).size());
    }

    @Test
    void tellsWhatASpecAuthorHasToWrite() {
        List<SpecTask> tasks = SpecTask.of(diff("linux-6.12", "linux-7.2"));
        assertEquals(SpecTask.Kind.NEW_IOCTL, task(tasks, "KVM_S390_KEYOP").kind());
        assertTrue(task(tasks, "KVM_EXIT_ARM_SEA").text().endsWith("its arm of struct kvm_run is arm_sea"));
        assertTrue(task(tasks, "KVM_EXIT_ARM_LDST64B").text().contains("has no arm arm_ldst64b: name one with @Exit"));
        assertEquals(
                "INIT_SHARED, MMAP: an enum with @FlagEnum or @ValueEnum(prefix = \"GUEST_MEMFD_FLAG_\"), if they are"
                        + " flags or values of one field",
                task(tasks, "GUEST_MEMFD_FLAG_*").text());
        assertEquals(
                SpecTask.Kind.EXTENDED_GROUP, task(tasks, "KVM_X86_QUIRK_*").kind());
        assertEquals(SpecTask.Kind.NEW_CONSTANT, task(tasks, "CP_VECTOR").kind());
        assertEquals(SpecTask.Kind.GONE, tasks.getFirst().kind());
        assertTrue(task(tasks, "KVM_CAP_*").text().startsWith("Capability gets ARM_CACHEABLE_PFNMAP_SUPPORTED, "));
        assertFalse(task(tasks, "KVM_CAP_*").kind().isWork());
    }

    @Test
    void leavesOutWhatTheSpecsClaim() {
        SetDiff diff = diff("linux-6.12", "linux-7.2");
        SpecClaims claims = SpecClaims.of(
                List.of("KVM_S390_KEYOP"), List.of("GUEST_MEMFD_FLAG_"), List.of("KVM_EXIT_TDX", "CP_VECTOR"));
        List<SpecTask> tasks = SpecTask.of(diff.with(claims));
        List<String> work = tasks.stream()
                .filter(t -> t.kind().isWork())
                .map(SpecTask::name)
                .toList();
        assertFalse(work.contains("KVM_S390_KEYOP"), work.toString());
        assertFalse(work.contains("GUEST_MEMFD_FLAG_*"), work.toString());
        assertFalse(work.contains("KVM_EXIT_TDX"), work.toString());
        assertTrue(work.contains("KVM_EXIT_ARM_SEA"), work.toString());
        assertTrue(tasks.stream().noneMatch(t -> t.kind() == SpecTask.Kind.GONE), tasks.toString());
        assertEquals(
                SpecTask.Kind.EXTENDED_GROUP, task(tasks, "GUEST_MEMFD_FLAG_*").kind());
    }

    @Test
    void tellsEachDifferenceOnceWithItsArchitectures() {
        List<SetDiff.Entry> records = diff("linux-6.12", "linux-7.2").entries(Subject.RECORD);
        List<List<String>> runs = records.stream()
                .filter(entry -> entry.difference().name().equals("struct kvm_run"))
                .map(SetDiff.Entry::architectures)
                .toList();
        assertEquals(
                List.of(List.of("x86_64", "aarch64", "riscv64", "powerpc64le", "mips64el"), List.of("s390x")), runs);
    }

    /** The number of an ioctl that only writes or only reads is another on powerpc64le and mips64el. */
    @Test
    void readsDirectionsOfArchitecturesWithAnotherEncoding() {
        SetDiff diff = diff("linux-6.1", "linux-6.12");
        List<SetDiff.Entry> entries = diff.entries(Subject.IOCTL).stream()
                .filter(entry -> entry.difference().name().equals("KVM_SET_MEMORY_ATTRIBUTES"))
                .toList();
        assertEquals(1, entries.size(), entries.toString());
        assertEquals(diff.architectures(), entries.getFirst().architectures());
        assertEquals(
                "_IOW(0xae, 0xd2, struct kvm_memory_attributes), 32 bytes",
                entries.getFirst().difference().after());
    }

    @Test
    void aSetDoesNotDifferFromItself() {
        SetDiff diff = diff("linux-7.2", "linux-7.2");
        assertTrue(diff.isEmpty());
        assertEquals(List.of(), SpecTask.of(diff));
        assertEquals("both declare the same", DiffText.of(diff).getLast());
    }

    @Test
    void tellsFieldsInside() throws IOException {
        Difference pair = only(text -> text.replace(
                "\"name\": \"high\", \"offset\": 2, \"size\": 2, \"unsigned\": \"__u16\"",
                "\"name\": \"high\", \"offset\": 2, \"size\": 2, \"signed\": \"__s16\""));
        assertEquals(Change.CHANGED, pair.change());
        assertEquals(
                List.of(new Difference(
                        Subject.FIELD,
                        Change.CHANGED,
                        "inner.high",
                        "linux/a.h",
                        "__u16 at 6, 2 bytes",
                        "__s16 at 6, 2 bytes",
                        List.of())),
                pair.fields());
    }

    @Test
    void tellsAConstantThatWent() throws IOException {
        Difference flag = only(text -> text.replaceFirst(".*A_FLAG_TWO.*\n", ""));
        assertEquals("- A_FLAG_TWO: 2 (int)", line(flag));
        assertEquals(Subject.CONSTANT, flag.subject());
    }

    @Test
    void tellsAConstantThatChanged() throws IOException {
        Difference flag = only(text -> text.replace("\"value\": 2,", "\"value\": 65536,"));
        assertEquals("~ A_FLAG_TWO: 2 (int) → 0x10000 (int)", line(flag));
    }

    @Test
    void tellsAnIoctlThatChanged() throws IOException {
        Difference get = only(text -> text.replace("2148024577", "1074282881"));
        assertEquals(
                "~ A_GET: _IOR(0x41, 0x01, struct pair), 8 bytes → _IOW(0x41, 0x81, struct pair), 8 bytes", line(get));
    }

    @Test
    void jsonHoldsTheSame() throws IOException {
        SetDiff diff = diff("linux-6.12", "linux-7.2");
        JsonNode json = new ObjectMapper().readTree(DiffJson.of(diff));
        assertEquals("linux-6.12", json.get("before").textValue());
        int differences = SetDiff.subjects().stream()
                .mapToInt(subject -> diff.entries(subject).size())
                .sum();
        assertEquals(differences, json.get("differences").size());
        assertEquals(SpecTask.of(diff).size(), json.get("tasks").size());
        assertTrue(json.toString().contains("\"name\":\"snp_req_certs\""));
    }

    @Test
    void htmlHoldsAllAndNeedsNothingElse() {
        SetDiff diff = diff("linux-6.12", "linux-7.2");
        String html = DiffHtml.of(diff);
        for (Subject subject : SetDiff.subjects()) {
            diff.entries(subject)
                    .forEach(entry -> assertTrue(
                            html.contains("<code>" + entry.difference().name() + "</code>"),
                            entry.difference().name()));
        }
        assertFalse(html.contains("{{"), "a placeholder is left");
        assertFalse(html.matches("(?s).*(src|href)=\"(?!#).*"), "a resource of another file");
        assertFalse(html.contains("url("), "a resource of another file");
        assertTrue(html.contains("@media (prefers-color-scheme: dark)"));
    }

    @Test
    void htmlEscapesNames() throws IOException {
        SnapshotSet small = read(write("small.json", text -> text));
        SnapshotSet hostile = new SnapshotSet("<script>&", small.snapshots());
        String html = DiffHtml.of(SetDiff.of(hostile, small, List.of()));
        assertTrue(html.contains("&lt;script&gt;&amp;"), html);
        assertFalse(html.contains("<script>&"), html);
    }

    @Test
    void aConstantThatIsNoIdentifierIsRefused() throws IOException {
        Path hostile = write("hostile.json", text -> text.replace("A_FLAG_TWO", "<script>&"));
        HeadersException e = assertThrows(HeadersException.class, () -> read(hostile));
        assertTrue(e.getMessage().contains("found the string \"<script>&\""), e.getMessage());
    }

    @Test
    void anUnknownSetIsToldWithTheKnownOnes() {
        HeadersException e = assertThrows(HeadersException.class, () -> SnapshotSet.read("linux-9", directory));
        assertEquals(Problem.UNKNOWN_SET, e.problem());
        assertTrue(e.getMessage().startsWith("'linux-9' is no header set, no snapshot file"), e.getMessage());
        assertTrue(e.getMessage().contains("linux-6.12, linux-7.2, linux-7.3, linux-6.1+memory"), e.getMessage());
    }

    @Test
    void aTruncatedSnapshotIsToldWithItsLine() throws IOException {
        Path file = directory.resolve("cut.json");
        Files.writeString(file, SMALL.substring(0, SMALL.length() / 2));
        HeadersException e = assertThrows(HeadersException.class, () -> read(file));
        assertEquals(Problem.SNAPSHOT_BROKEN, e.problem());
        assertTrue(e.getMessage().matches("\\S+/cut\\.json:\\d+: .*\\./kvm4j uapi regenerate.*"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    @Test
    void twoSnapshotsOfOneArchitectureInADirectoryAreRefused() throws IOException {
        write("one.json", text -> text);
        write("two.json", text -> text);
        HeadersException e = assertThrows(HeadersException.class, () -> read(directory));
        assertTrue(e.getMessage().endsWith("holds 2 snapshots for x86_64: name the file that you mean"));
    }

    @Test
    void architecturesThatAreMissingAreTold() throws IOException {
        SnapshotSet small = read(write("small.json", text -> text));
        SnapshotSet other = read(write("other.json", text -> text.replace("x86_64", "aarch64")));
        HeadersException none = assertThrows(HeadersException.class, () -> SetDiff.of(small, other, List.of()));
        assertTrue(none.getMessage().startsWith("small has [x86_64] and small has [aarch64]"), none.getMessage());
        HeadersException one = assertThrows(HeadersException.class, () -> SetDiff.of(small, small, List.of("riscv64")));
        assertEquals("small has no snapshot for 'riscv64'; it has x86_64", one.getMessage());
    }

    @Test
    void aSetOfAClonePrecedesACarriedOne() throws IOException {
        Files.createDirectories(directory.resolve("linux-7.2"));
        write("linux-7.2/x86_64.json", text -> text);
        assertEquals(List.of("x86_64"), SnapshotSet.read("linux-7.2", directory).architectures());
    }

    private Difference only(UnaryOperator<String> change) throws IOException {
        Snapshot before = SnapshotJson.read(SMALL, "before");
        String changed = change.apply(SMALL);
        assertFalse(changed.equals(SMALL), "the change changes nothing");
        List<Difference> differences =
                SnapshotDiff.of(before, SnapshotJson.read(changed, "after")).differences();
        assertEquals(1, differences.size(), differences.toString());
        return differences.getFirst();
    }

    private static String line(Difference difference) {
        return difference.change().sign() + " " + difference.name() + ": " + difference.description();
    }

    private Path write(String name, UnaryOperator<String> change) throws IOException {
        return Files.writeString(directory.resolve(name), change.apply(SMALL));
    }

    private SnapshotSet read(Path path) {
        return SnapshotSet.read(path.toString(), directory.resolve("none"));
    }

    private SetDiff diff(String before, String after) {
        return SetDiff.of(SnapshotSet.read(before, directory), SnapshotSet.read(after, directory), List.of());
    }

    private static List<String> added(SetDiff diff, Subject subject) {
        return diff.entries(subject).stream()
                .map(SetDiff.Entry::difference)
                .filter(difference -> difference.change() == Change.ADDED)
                .map(difference -> difference.name() + ": " + difference.description())
                .toList();
    }

    private static SpecTask task(List<SpecTask> tasks, String name) {
        return tasks.stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
