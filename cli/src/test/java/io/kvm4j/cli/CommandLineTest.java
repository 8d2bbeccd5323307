package io.kvm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvm4j.FaultVariant;
import io.kvm4j.Kvm;
import io.kvm4j.headers.regeneration.Regeneration;
import io.kvm4j.uapi.Capability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a process of its own, as users meet it. */
@Timeout(300)
class CommandLineTest {
    private static final int OK = 0;
    private static final int ENVIRONMENT = 2;

    /** What the launcher says of the clone. */
    private static final String HOME =
            "-Dkvm4j.home=" + Path.of("..").toAbsolutePath().normalize();

    /** Where processors are emulated, compiling takes longer than such a short life. */
    private static final String JVM_OPTION = System.getProperty("kvm4j.tests.jvm.option", "-Xshare:auto");

    @TempDir
    Path folder;

    @RequiresKvm
    @Test
    void demoRunsAGuestAndReportsFaultsByEachWayOfTheKernel() throws Exception {
        Outcome demo = kvm4j("demo");
        assertEquals(OK, demo.status(), demo.toString());
        assertEquals("", demo.err());
        assertTrue(demo.out().contains("Hello, kvm4j, from a guest in real mode\n"), demo.out());
        assertTrue(demo.out().contains("Exits: 44 KVM_EXIT_IO, 1 KVM_EXIT_HLT\n"), demo.out());
        assertRow(demo.out(), "userfaultfd", 0);
        assertRow(demo.out(), "failing runs (no address)", 1024);
        try (Kvm kvm = Kvm.open()) {
            for (FaultVariant variant : FaultVariant.values()) {
                if (variant != FaultVariant.MAINLINE && kvm.supports(variant)) {
                    assertRow(demo.out(), "exits of " + variant, 1024);
                }
            }
        }
        assertTrue(demo.out().endsWith("The guest found the content of every page right.\n"), demo.out());
    }

    private static void assertRow(String out, String way, int faultExits) {
        String row = "(?m)^%s +1024 +%d +[0-9.]+ us$".formatted(Pattern.quote(way), faultExits);
        assertTrue(Pattern.compile(row).matcher(out).find(), out);
    }

    @RequiresKvm
    @Test
    void guestsRunAlone() throws Exception {
        assertTrue(kvm4j("hello").out().endsWith("The guest halted.\n"));
        assertEquals(
                "The guest found 78498 primes below 1000000.\n",
                kvm4j("long-mode").out());
    }

    @RequiresKvm
    @Test
    void infoListsEveryCapability() throws Exception {
        Outcome info = kvm4j("info");
        assertEquals(OK, info.status(), info.toString());
        List<String> lines = info.out().lines().toList();
        assertEquals(Capability.known().size() + 1, lines.size());
        assertTrue(lines.getFirst().matches("CAPABILITY +NUMBER +HOST +VM"), lines.getFirst());
        assertTrue(lines.stream().anyMatch(l -> l.matches("KVM_CAP_USER_MEMORY +3 +1 +1")), info.out());
    }

    @RequiresKvm
    @Test
    void infoAsJson() throws Exception {
        JsonNode info = new ObjectMapper().readTree(kvm4j("info", "--json").out());
        assertEquals(12, info.get("apiVersion").intValue());
        assertEquals(Capability.known().size(), info.get("capabilities").size());
        for (JsonNode capability : info.get("capabilities")) {
            int number = capability.get("number").intValue();
            assertEquals(Capability.of(number).name(), capability.get("name").textValue());
            assertTrue(capability.get("host").isInt() && capability.get("vm").isInt(), capability.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "hello",
                "long-mode",
                "memory-fault-loop",
                "userfaultfd-pager",
                "demand-paging",
                "dirty-log",
                "postcopy",
                "info"
            })
    void withoutKvm(String command) throws Exception {
        Path missing = folder.resolve("kvm");
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: " + missing + " does not exist: load",
                kvm4j(command, "--device", missing.toString()));
    }

    @Test
    void withoutKvmByEnvironment() throws Exception {
        Path missing = folder.resolve("kvm");
        Outcome hello = kvm4j(Map.of("KVM4J_DEVICE", missing.toString()), List.of("hello"));
        assertOneLine(ENVIRONMENT, "kvm4j: " + missing + " does not exist: load", hello);
    }

    @Test
    void withoutPermission() throws Exception {
        Path readOnly = Path.of("/sys/kernel/uevent_seqnum");
        assumeTrue(Files.exists(readOnly), "no sysfs");
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: no permission to open " + readOnly + ": join",
                kvm4j("hello", "--device", readOnly.toString()));
    }

    @Test
    void onAnotherDevice() throws Exception {
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: /dev/null is not KVM (KVM_GET_API_VERSION failed with ENOTTY)",
                kvm4j("hello", "--device", "/dev/null"));
    }

    @Test
    void unknownCommand() throws Exception {
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: unmatched argument at index 0: 'helo'; did you mean hello? (see kvm4j --help)\n",
                kvm4j("helo"));
    }

    @Test
    void unknownOption() throws Exception {
        assertOneLine(ENVIRONMENT, "kvm4j: unknown option: '--jsn'; did you mean --json?", kvm4j("info", "--jsn"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "uapi"})
    void missingCommand(String command) throws Exception {
        Outcome outcome = command.isEmpty() ? kvm4j() : kvm4j(command);
        String name = command.isEmpty() ? "kvm4j" : "kvm4j " + command;
        assertOneLine(ENVIRONMENT, "kvm4j: missing command (see " + name + " --help)\n", outcome);
    }

    @Test
    void help() throws Exception {
        Outcome help = kvm4j("--help");
        assertEquals(OK, help.status());
        for (String command : List.of("demo", "hello", "long-mode", "info", "uapi")) {
            assertTrue(help.out().contains("\n  " + command + " "), help.out());
        }
        assertFalse(help.out().contains("\u001b"), "colours without a terminal");
    }

    @Test
    void version() throws Exception {
        Outcome version = kvm4j("--version");
        assertEquals(OK, version.status());
        assertTrue(version.out().matches("kvm4j \\d+\\.\\d+\\.\\d+\\S*\nJava \\d+\\S*\n"), version.out());
    }

    @Test
    void uapiCommandsAreThoseOfTheHeadersAndCoverage() throws Exception {
        Outcome help = kvm4j("uapi", "--help");
        assertEquals(OK, help.status(), help.toString());
        for (String command : List.of("coverage", "diff", "proposals", "regenerate")) {
            assertTrue(help.out().contains("\n  " + command + " "), help.out());
        }
    }

    @Test
    void coverageAsTextAndJson() throws Exception {
        Outcome text = kvm4j("uapi", "coverage");
        JsonNode json =
                new ObjectMapper().readTree(kvm4j("uapi", "coverage", "--json").out());
        assertEquals(json.get("complete").booleanValue() ? OK : 1, text.status(), text.toString());
        assertTrue(
                text.out()
                        .contains("exits    %d/%d%n"
                                .formatted(
                                        json.get("exits").get("covered").intValue(),
                                        json.get("exits").get("total").intValue())),
                text.out());
        assertEquals(3, json.get("constants").size());
        assertEquals("x86_64", json.get("ioctls").get(0).get("architecture").textValue());
    }

    @Test
    void coverageOfHeadersWithMoreIsStatus1() throws Exception {
        String committed = Files.readString(Regeneration.snapshotFile(Path.of(".."), "linux-7.2", "x86_64"))
                .replace("\"constants\": [\n", """
                        "constants": [
                            {"name": "KVM_EXIT_FROB", "header": "linux/kvm.h", "value": 99, "type": "int"},
                        """);
        Path file = Files.writeString(folder.resolve("newer.json"), committed);
        Outcome newer = kvm4j("uapi", "coverage", "--set", file.toString());
        assertEquals(1, newer.status(), newer.toString());
        assertTrue(newer.out().contains("exits    44/45%n    open: KVM_EXIT_FROB%n".formatted()), newer.out());
        assertTrue(newer.out().contains(" plain, 1 not in these bindings%n".formatted()));
    }

    @Test
    void coverageOfWhatIsNoSetIsOneLine() throws Exception {
        assertOneLine(ENVIRONMENT, "kvm4j: 'nowhere' is no header set", kvm4j("uapi", "coverage", "--set", "nowhere"));
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"headerSet\": \"broken");
        assertOneLine(ENVIRONMENT, "kvm4j: " + broken, kvm4j("uapi", "coverage", "--set", broken.toString()));
    }

    @RequiresKvm
    @Test
    void aClosedPipeEndsQuietly() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" | head -1", "sh"));
        command.addAll(java("info", "--json"));
        Outcome piped = run(Map.of(), command);
        assertEquals("{\n", piped.out());
        assertEquals("", piped.err());
    }

    @RequiresKvm
    @Test
    void demandPagingAsTable() throws Exception {
        Path chart = folder.resolve("rates.svg");
        Outcome table = kvm4j(
                "demand-paging", "--vcpus", "1,2", "--memory", "64K", "--mode", "exit,uffd,none", "--plot", chart + "");
        assertEquals(OK, table.status(), table.toString());
        assertEquals("", table.err());
        List<String> lines = table.out().lines().toList();
        assertTrue(lines.getFirst().matches("mode +vCPUs +pages +seconds +pages/s .*"), table.out());
        for (int i = 0; i < 6; i++) {
            String row = "%s +%d +16 +[0-9.]+ +[0-9]+ .*"
                    .formatted(List.of("exit", "uffd", "none").get(i / 2), 1 + i % 2);
            assertTrue(lines.get(1 + i).matches(row), lines.get(1 + i));
        }
        assertFalse(table.out().chars().anyMatch(c -> c < ' ' && c != '\n'), "control characters in a pipe");
        assertTrue(Files.readString(chart).startsWith("<svg "));
    }

    @RequiresKvm
    @Test
    void demandPagingAsJson() throws Exception {
        Outcome run = kvm4j(
                "demand-paging",
                "--vcpus",
                "2",
                "--memory",
                "64K",
                "--mode",
                "exit",
                "--readers",
                "2",
                "--source",
                "file",
                "--json");
        assertEquals(OK, run.status(), run.toString());
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertEquals("exit", json.get("mode").textValue());
        assertFalse(json.get("protocol").textValue().isBlank());
        assertEquals(2, json.get("vcpus").intValue());
        assertEquals(2, json.get("readers").intValue());
        assertEquals("file", json.get("source").textValue());
        assertEquals(16, json.get("pages").intValue());
        double seconds = json.get("seconds").doubleValue();
        assertEquals(16 / seconds, json.get("pagesPerSecond").doubleValue(), 1e-6);
        for (String figure : List.of("mean", "p50", "p90", "p99", "p999", "max")) {
            long nanos = json.get("latencyNanos").get(figure).longValue();
            assertTrue(nanos > 0 && nanos < seconds * 1e9, figure + " in " + run.out());
        }
        assertEquals(16, json.get("counts").get("installed").intValue());
        assertEquals(2, json.get("kernel").get("mmioExits").intValue());
        assertTrue(json.get("agree").booleanValue());

        Path earlier = Files.writeString(folder.resolve("earlier.json"), run.out());
        Path chart = folder.resolve("earlier.svg");
        assertEquals(
                OK,
                kvm4j("demand-paging", "--from", earlier + "", "--plot", chart + "")
                        .status());
        assertTrue(Files.readString(chart).contains("exit, 2 vCPUs: "));
        assertTrue(
                Files.readString(chart).contains(", Linux " + System.getProperty("os.version") + " on "), "no origin");
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: --from " + chart + "/x: cannot be read: Not a directory\n",
                kvm4j("demand-paging", "--from", chart + "/x", "--plot", chart + ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--memory|3|--memory: 3 bytes are less than a page of 4096 bytes for each of 1 vCPUs: give at least 4096",
                "--memory|1T|invalid value for option '--memory': '1T' is no number of bytes: write it as",
                "--vcpus|0|--vcpus 0: give at least 1",
                "--vcpus|1,x|invalid value for option '--vcpus' (N): 'x' is not an int",
                "--mode|fast|invalid value for option '--mode' (MODE): 'fast' is none of exit, uffd, none",
                "--readers|0|--readers 0: give at least 1",
                "--delay|-1|--delay -1: give a time that is not negative",
                "--from|rates.json|--from draws what was measured before: say where with --plot FILE",
                "--plot|/nowhere/rates.svg|--plot /nowhere/rates.svg: there is no such directory to write it to",
            })
    void demandPagingOfWhatCannotBe(String option, String value, String message) throws Exception {
        assertOneLine(ENVIRONMENT, "kvm4j: " + message, kvm4j("demand-paging", option, value));
    }

    @RequiresKvm
    @Test
    void demandPagingOfMoreThanThereIs() throws Exception {
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: --vcpus 100000: this KVM allows ",
                kvm4j("demand-paging", "--vcpus", "100000", "--memory", "1G"));
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: --memory: 107374182400000 bytes are needed twice, and this machine has ",
                kvm4j("demand-paging", "--memory", "100000G"));
    }

    @Test
    void aChartOfNothingIsAnError() throws Exception {
        Path chart = folder.resolve("rates.svg");
        Path empty = Files.createFile(folder.resolve("empty.json"));
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: --from " + empty + ": holds no run; give a file that --json printed\n",
                kvm4j("demand-paging", "--from", empty + "", "--plot", chart + ""));
        Path cut = Files.writeString(folder.resolve("cut.json"), "{\"mode\": \"ex");
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: --from " + cut + ": not what --json printed: line 1 is cut off, or no JSON\n",
                kvm4j("demand-paging", "--from", cut + "", "--plot", chart + ""));
        Path odd = Files.writeString(
                folder.resolve("odd.json"), "{\"mode\": \"warp\", \"vcpus\": 1, \"pagesPerSecond\": 2}");
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: --from " + odd + ": not what --json printed: 'warp' is no mode: exit, uffd or none\n",
                kvm4j("demand-paging", "--from", odd + "", "--plot", chart + ""));
        Path missing = folder.resolve("missing.json");
        assertOneLine(
                ENVIRONMENT,
                "kvm4j: --from " + missing + ": cannot be read: No such file or directory\n",
                kvm4j("demand-paging", "--from", missing + "", "--plot", chart + ""));
        assertFalse(Files.exists(chart));
    }

    @Test
    void aChartThatCannotBeWrittenIsAFailure() throws Exception {
        Path earlier = Files.writeString(
                folder.resolve("earlier.json"), "{\"mode\": \"exit\", \"vcpus\": 1, \"pagesPerSecond\": 2}");
        assertOneLine(
                1,
                "kvm4j: cannot write /dev/full: No space left on device\n",
                kvm4j("demand-paging", "--from", earlier + "", "--plot", "/dev/full"));
    }

    @Test
    void withoutKvmTheSameCommandIsNamedForAnEmulatedHost() throws Exception {
        String device = "--device=" + folder.resolve("kvm");
        assertTrue(kvm4j("snapshot-restore", device, "a b")
                .err()
                .endsWith("; or run it on an emulated host: ./kvm4j testbed run mainline -- snapshot-restore 'a b'\n"));
        assertTrue(kvm4j("memory-fault-loop", "--device", folder.resolve("kvm") + "")
                .err()
                .endsWith(": ./kvm4j testbed run nowait -- memory-fault-loop\n"));
    }

    @Test
    void helpAndVersionAsCommands() throws Exception {
        assertEquals(kvm4j("--help"), kvm4j("help"));
        assertEquals(kvm4j("uapi", "--help"), kvm4j("uapi", "help"));
        assertEquals(kvm4j("--version"), kvm4j("version"));
    }

    @Test
    void completionIsAScriptThatBashTakes() throws Exception {
        Path script = Files.writeString(
                folder.resolve("completion"), kvm4j("completion").out());
        String words = "COMP_WORDS=(kvm4j demand-paging --mo); COMP_CWORD=2; _complete_kvm4j; echo \"${COMPREPLY[*]}\"";
        Outcome completed = run(Map.of(), List.of("bash", "-c", ". " + script + "; " + words));
        assertEquals("--mode\n", completed.out(), completed.toString());
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
                JVM_OPTION,
                "--module-path",
                System.getProperty("jdk.module.path"),
                "--enable-native-access=io.kvm4j.bindings,io.kvm4j.runtime",
                HOME,
                "--module",
                "io.kvm4j.cli/io.kvm4j.cli.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Outcome run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("KVM4J_DEVICE");
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
