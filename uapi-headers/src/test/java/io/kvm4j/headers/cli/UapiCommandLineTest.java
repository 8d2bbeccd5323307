package io.kvm4j.headers.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kvm4j uapi} as a process of its own, as users meet it. */
@Timeout(120)
class UapiCommandLineTest {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int ENVIRONMENT = 2;

    /** What the launcher says of the clone. */
    private static final String HOME =
            "-Dkvm4j.home=" + Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void bindingsAreNotNeeded() throws Exception {
        assertFalse(System.getProperty("jdk.module.path").contains("bindings"));
        Outcome help = kvm4j("--help");
        assertEquals(OK, help.status(), help.toString());
        assertTrue(help.out().startsWith("Usage: kvm4j uapi [-hV] [--color=WHEN] COMMAND\n"), help.out());
    }

    @Test
    void missingCommand() throws Exception {
        assertOneLine(ENVIRONMENT, "kvm4j: missing command (see kvm4j uapi --help)\n", kvm4j());
    }

    @Test
    void usageErrorsAreOneLineThatSaysWhatWasMeant() throws Exception {
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: unmatched argument at index 0: 'dif'; did you mean diff? (see kvm4j uapi --help)\n",
                kvm4j("dif"));
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: unknown option: '--jsn'; did you mean --json? (see kvm4j uapi proposals --help)\n",
                kvm4j("proposals", "--jsn"));
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: invalid value for option '--color': 'green' is none of auto, always, never\n",
                kvm4j("--color=green"));
    }

    @Test
    void versionAsOptionAndAsCommand() throws Exception {
        Outcome version = kvm4j("--version");
        assertTrue(version.out().matches("kvm4j \\d+\\.\\d+\\.\\d+\\S*\nJava \\d+\\S*\n"), version.out());
        assertEquals(version, kvm4j("version"));
    }

    @Test
    void helpAsOptionAndAsCommand() throws Exception {
        assertEquals(kvm4j("--help"), kvm4j("help"));
        assertEquals(kvm4j("diff", "--help"), kvm4j("help", "diff"));
    }

    @Test
    void coloursComeOnlyWhenWanted() throws Exception {
        assertFalse(kvm4j("--help").out().contains("\u001b"));
        assertTrue(kvm4j("diff", "--color=always", "--help").out().contains("\u001b"));
        assertFalse(kvm4j(Map.of("CLICOLOR_FORCE", "1"), List.of("--color=never", "--help"))
                .out()
                .contains("\u001b"));
        assertTrue(kvm4j(Map.of("CLICOLOR_FORCE", "1", "TERM", "xterm"), List.of("--help"))
                .out()
                .contains("\u001b"));
        assertFalse(kvm4j(Map.of("CLICOLOR_FORCE", "1", "TERM", "dumb"), List.of("--help"))
                .out()
                .contains("\u001b"));
    }

    @Test
    void listOfHeaderSets() throws Exception {
        Outcome list = kvm4j("list");
        assertEquals(OK, list.status(), list.toString());
        List<String> lines = list.out().lines().toList();
        assertTrue(lines.stream().anyMatch(l -> l.matches("linux-7\\.2 +x86_64 aarch64 riscv64 .*")), list.out());
        assertTrue(lines.stream().anyMatch(l -> l.matches("linux-6\\.1\\+memory-fault-nowait-v2 +x86_64")), list.out());
    }

    @Test
    void proposalsAsJson() throws Exception {
        JsonNode json = new ObjectMapper().readTree(kvm4j("proposals", "--json").out());
        List<JsonNode> collisions = new ArrayList<>();
        json.forEach(p -> p.get("collisions").forEach(collisions::add));
        assertEquals(
                "linux-6.1+memory-fault-nowait-v2", json.get(0).get("proposal").textValue());
        assertTrue(collisions.stream()
                .anyMatch(c -> c.get("name").textValue().equals("KVM_CAP_USERFAULT")
                        && c.get("value").intValue() == 243
                        && c.get("mainlineName").textValue().startsWith("KVM_CAP_ARM_CACHEABLE")));
    }

    @Test
    void outputThatIsLostIsAFailure() throws Exception {
        Outcome full = run(Map.of(), shell("exec \"$@\" >/dev/full", "proposals"));
        assertOneLine(FAILED, "kvm4j: cannot write to standard output: No space left on device\n", full);
        Outcome closed = run(Map.of(), shell("\"$@\" | head -1", "proposals"));
        assertEquals("", closed.err());
    }

    @Test
    void aPageThatDoesNotFitLeavesTheOneThatWasThere() throws Exception {
        Path page = Files.writeString(folder.resolve("diff.html"), "earlier");
        // Files of at most 32 KiB: the kernel refuses more as it does on a full disk.
        Outcome outcome = run(
                Map.of(),
                shell("ulimit -f 64; exec \"$@\"", "diff", "linux-6.1", "linux-7.3", "--html", page.toString()));
        assertOneLine(FAILED, "kvm4j: cannot write " + page + ": File too large\n", outcome);
        assertEquals("earlier", Files.readString(page));
        assertEquals(
                List.of(page.getFileName().toString()), List.of(folder.toFile().list()));
        assertOneLine(
                FAILED,
                "kvm4j: cannot write /dev/full: No space left on device\n",
                kvm4j("diff", "linux-7.2", "linux-7.3", "--html", "/dev/full"));
    }

    @Test
    void asciiWhereTheLocaleHasNoMore() throws Exception {
        Outcome diff = kvm4j(Map.of("LC_ALL", "C"), List.of("diff", "linux-7.2", "linux-7.3", "--arch", "x86_64"));
        assertTrue(diff.out().startsWith("linux-7.2 -> linux-7.3 on x86_64\n"), diff.out());
        assertFalse(diff.out().contains("?"), diff.out());
    }

    @Test
    void unprintableCharactersOfAMessageAreReplaced() throws Exception {
        assertOneLine(ENVIRONMENT, "kvm4j: 'a?b' is no header set", kvm4j("diff", "a\u001bb", "linux-7.2"));
    }

    @Test
    void regenerateWithoutJextract() throws Exception {
        Outcome outcome =
                kvm4j(Map.of("JEXTRACT_HOME", folder.toString()), List.of("regenerate", "--set", "linux-7.2"));
        assertOneLine(ENVIRONMENT, "kvm4j: JEXTRACT_HOME is set, but there is no " + folder, outcome);
    }

    @Test
    void regenerateForAnUnknownArchitecture() throws Exception {
        Outcome outcome = kvm4j("regenerate", "--arch", "vax");
        assertOneLine(ENVIRONMENT, "kvm4j: unknown architecture 'vax'; known are x86_64,", outcome);
    }

    @Test
    void regenerateFromHeadersThatAreNotThere() throws Exception {
        Path missing = folder.resolve("headers");
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: no kernel headers in " + missing + ": there is no " + missing.resolve("include/linux"),
                kvm4j("regenerate", "--set", "mine", "--headers", missing.toString()));
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: '../mine' cannot name a header set: use letters",
                kvm4j("regenerate", "--set", "../mine", "--headers", missing.toString()));
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: missing option: '--set=NAME'",
                kvm4j("regenerate", "--headers", missing.toString()));
    }

    @Test
    void regenerateOutsideAClone() throws Exception {
        List<String> command = new ArrayList<>(java("regenerate"));
        command.remove(HOME);
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: " + Path.of("").toAbsolutePath() + " is no clone of kvm4j: run",
                run(Map.of(), command));
    }

    @Test
    void diffLeavesOutWhatTheSpecsOfTheNewestBuildClaim() throws Exception {
        Path claims = folder.resolve("generated-bindings/target/classes/META-INF/kvm4j/spec-claims.list");
        Files.createDirectories(claims.getParent());
        Files.writeString(claims, "ioctl KVM_NONE\n");
        List<String> command = new ArrayList<>(java("diff", "linux-6.12", "linux-7.2", "--arch", "riscv64"));
        command.set(command.indexOf(HOME), "-Dkvm4j.home=" + folder);
        String open = run(Map.of(), command).out();
        assertTrue(open.contains("\n  KVM_EXIT_TDX: is a type of KvmExit by itself"), open);
        Files.writeString(claims, "prefix KVM_\nprefix CP_\nconstant KVM_EXIT_TDX\n");
        String claimed = run(Map.of(), command).out();
        assertFalse(claimed.contains("\n  KVM_EXIT_TDX: is a type"), claimed);
        Files.writeString(claims, "nonsense\n");
        assertOneLine(
                ENVIRONMENT, "kvm4j: cannot read " + claims + ": build the bindings again", run(Map.of(), command));
    }

    @Test
    void diffOfTwoSets() throws Exception {
        Outcome diff = kvm4j("diff", "linux-6.12", "linux-7.2", "--arch", "riscv64");
        assertEquals(OK, diff.status(), diff.toString());
        assertEquals("", diff.err());
        assertTrue(diff.out().startsWith("linux-6.12 → linux-7.2 on riscv64\n"), diff.out());
        assertTrue(diff.out().contains("\n  + KVM_EXIT_TDX: 40 (int)\n"), diff.out());
        assertTrue(diff.out().contains("\nWhat a spec author has to write now\n"), diff.out());
    }

    @Test
    void diffAsJsonAndAsPage() throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(kvm4j("diff", "--json", "linux-7.2", "linux-7.3").out());
        assertEquals(6, json.get("architectures").size());
        Path page = folder.resolve("diff.html");
        Outcome html = kvm4j("diff", "linux-7.2", "linux-7.3", "--html", page.toString());
        assertEquals(page + ": written\n", html.out());
        assertTrue(Files.readString(page).endsWith("</html>\n"));
    }

    @Test
    void diffOfWhatIsNoSet() throws Exception {
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: 'linux-9' is no header set, no snapshot file and no directory of them; ./kvm4j uapi",
                kvm4j("diff", "linux-9", "linux-7.2"));
        Path cut = Files.writeString(folder.resolve("cut.json"), "{\n\"headerSet\": \"x\",");
        assertOneLine(ENVIRONMENT, "kvm4j: " + cut + ":2: ", kvm4j("diff", cut.toString(), "linux-7.2"));
        assertOneLine(
                FAILED,
                "kvm4j: cannot write " + folder.resolve("gone/page.html") + ": No such file or directory\n",
                kvm4j(
                        "diff",
                        "linux-7.2",
                        "linux-7.3",
                        "--html",
                        folder.resolve("gone/page.html").toString()));
    }

    @Test
    void proposalsWithTheirCollisions() throws Exception {
        Outcome proposals = kvm4j("proposals");
        assertEquals(OK, proposals.status(), proposals.toString());
        assertTrue(
                proposals.out().contains("  capability KVM_CAP_USERFAULT = 243 is mainline's KVM_CAP_ARM_CACHEABLE"),
                proposals.out());
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: unknown header set 'linux-9'; known are",
                kvm4j("proposals", "--mainline", "linux-9"));
    }

    private static void assertOneLine(int status, String start, Outcome outcome) {
        assertEquals(status, outcome.status(), outcome.toString());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().startsWith(start), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }

    private static Outcome kvm4j(String... arguments) throws IOException, InterruptedException {
        return kvm4j(Map.of(), List.of(arguments));
    }

    private static Outcome kvm4j(Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        return run(environment, java(arguments.toArray(String[]::new)));
    }

    /** The command that starts the command line from the modules under test. */
    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Files for tools that watch JVMs would count against a limit of a test.
                "-XX:-UsePerfData",
                "--module-path",
                System.getProperty("jdk.module.path"),
                HOME,
                "--module",
                "io.kvm4j.headers/io.kvm4j.headers.cli.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The command line, started by a shell's script as {@code "$@"}. */
    private static List<String> shell(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(java(arguments));
        return command;
    }

    private static Outcome run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Path err = Files.createTempFile("kvm4j", ".err");
        try {
            Process process = builder.redirectError(err.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "did not end");
            return new Outcome(process.exitValue(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    private record Outcome(int status, String out, String err) {}
}
