package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static io.kvm4j.processor.Board.architecture;
import static io.kvm4j.processor.Board.compile;
import static io.kvm4j.processor.Board.type;

import com.google.testing.compile.Compilation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of ioctls without a method and of arms without an exit, on each architecture. */
class CompletenessTest {
    private static final String REST = "@Excuse(value = {\"BRD_SET_EQUAL\", \"BRD_RESET\"}, reason = \"rest\")";
    private static final String NEVER_READ =
            "@Exits(struct = \"brd_run\", prefix = \"BRD_EXIT_\", reasons = \"Reason\", unread = \"padding\")";

    @TempDir
    Path folder;

    @Test
    void unclaimedOnSomeArchitectures() {
        JavaFileObject brd = neutral(REST);
        Compilation c = compile(packages(brd, armIoctls()));
        assertThat(c).succeeded();
        assertThat(c)
                .hadWarningContaining("[KVM4J-020] no spec claims the ioctl BRD_GET_REGS on riscv64, x86_64;")
                .inFile(brd);
        assertThat(c).hadWarningContaining("[KVM4J-020] no spec claims the ioctl BRD_INIT on riscv64, x86_64;");
        assertThat(c).hadWarningCount(2);
    }

    @Test
    void excusedWhereItHasNoMethod() throws IOException {
        Compilation c = compile(packages(neutral(REST, others("")), armIoctls()));
        assertThat(c).succeededWithoutWarnings();
        assertThat(source(c, "brd.BrdConstants")).contains("reason = \"only aarch64 handles it\"");
        assertThat(source(c, "brd.BrdConstants")).contains("architectures = {\"riscv64\", \"x86_64\"}");
        assertThat(source(c, "brd.aarch64.ArmIoctlsOverFd")).contains("@IoctlRequest(\"BRD_INIT\")");
    }

    @Test
    void excusedInThePackageOfAnArchitecture() {
        JavaFileObject riscv = architecture("riscv64", "@Unclaimed(" + here("BRD_GET_REGS", "BRD_INIT") + ")");
        Compilation c = compile(neutral(REST), riscv);
        assertThat(c).succeededWithoutWarnings();
    }

    @Test
    void excusedYetClaimedOnThatArchitecture() {
        JavaFileObject brd = neutral(REST, others(", \"aarch64\""));
        Compilation c = compile(packages(brd, armIoctls()));
        assertThat(c)
                .hadErrorContaining("[KVM4J-030] BRD_GET_REGS is named as unclaimed, yet a spec claims it")
                .inFile(brd)
                .onLineContaining("BRD_GET_REGS");
        assertThat(c).hadErrorCount(2);
    }

    @Test
    void excusedTwice() {
        JavaFileObject brd = neutral(REST, others(""), here("BRD_RESET"));
        Compilation c = compile(packages(brd, armIoctls()));
        assertThat(c)
                .hadErrorContaining("[KVM4J-030] BRD_RESET is named as unclaimed, yet another excuse names it too")
                .inFile(brd)
                .onLineContaining("{\"BRD_RESET\"}");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void excuseOfAnUnknownIoctl() {
        JavaFileObject brd = neutral(REST, others(""), here("BRD_RESTE"));
        Compilation c = compile(packages(brd, armIoctls()));
        assertThat(c)
                .hadErrorContaining("[KVM4J-011] there is no ioctl BRD_RESTE in the headers; did you mean BRD_RESET?")
                .inFile(brd)
                .onLineContaining("BRD_RESTE");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void excuseOfAnIoctlThatNewerHeadersHave() {
        String newer = "@Excuse(value = \"BRD_FREEZE\", since = \"board-2\", reason = \"newer\")";
        assertThat(compile(packages(neutral(REST, others(""), newer), armIoctls())))
                .succeededWithoutWarnings();
    }

    @Test
    void excuseOfAnIoctlThatOlderHeadersHave() {
        String older = "@Excuse(value = \"BRD_THAW\", until = \"board-0\", reason = \"older\")";
        assertThat(compile(packages(neutral(REST, others(""), older), armIoctls())))
                .succeededWithoutWarnings();
    }

    @Test
    void excuseOnAnUnknownArchitecture() {
        JavaFileObject brd = neutral(REST.replace("reason", "architectures = \"x86_46\", reason"));
        Compilation c = compile(packages(brd));
        assertThat(c)
                .hadErrorContaining("[KVM4J-038] no package is for the architecture x86_46; did you mean x86_64?")
                .inFile(brd)
                .onLineContaining("x86_46");
    }

    @Test
    void armThatNoExitReads() {
        JavaFileObject spec = exits(NEVER_READ.replace("BRD_EXIT_\"", "BRD_EXIT_\", except = \"BRD_EXIT_HW\""));
        Compilation c = compile(Board.packages(spec));
        assertThat(c).succeeded();
        assertThat(c)
                .hadWarningContaining("[KVM4J-039] no exit reads the arm hw of brd_run; name it in @Exit, or in unread")
                .inFile(spec)
                .onLineContaining("brd_run");
    }

    @Test
    void armThatAnExitReadsBesides() throws IOException {
        JavaFileObject spec =
                exits(NEVER_READ.replace("unread", "exits = @Exit(value = \"BRD_EXIT_DEBUG\", also = \"hw\"), unread"));
        Compilation c = compile(Board.packages(
                spec, type("brd.uses", "Uses", "class Uses { long code(BrdExit.Debug d) { return d.hw().code(); } }")));
        assertThat(c).hadErrorCount(0);
        assertThat(source(c, "brd.BrdExit")).contains("arms = {\"debug\", \"hw\"}");
    }

    @Test
    void unknownArmThatAnExitReadsBesides() {
        expectExitError(
                NEVER_READ.replace("unread", "exits = @Exit(value = \"BRD_EXIT_DEBUG\", also = \"hv\"), unread"),
                "[KVM4J-026] brd_run has no union arm hv; did you mean hw?",
                "also = \"hv\"");
    }

    @Test
    void unreadYetRead() {
        expectExitError(
                NEVER_READ.replace("\"padding\"", "{\"padding\", \"hw\"}"),
                "[KVM4J-040] hw is named as unread, yet BRD_EXIT_HW reads it",
                "hw");
    }

    @Test
    void unreadIsNoArm() {
        expectExitError(
                NEVER_READ.replace("\"padding\"", "{\"padding\", \"paddign\"}"),
                "[KVM4J-026] brd_run has no union arm paddign; did you mean padding?",
                "paddign");
    }

    @Test
    void newExitOfNewerHeadersIsATypeWithoutPayload() throws IOException {
        for (String architecture : List.of("aarch64", "riscv64", "x86_64")) {
            String text = Files.readString(Board.snapshot(architecture))
                    .replace("board-1", "board-2")
                    .replace(
                            "\"constants\": [\n",
                            "\"constants\": [\n    {\"name\": \"BRD_EXIT_NEW\", \"header\": \"linux/board.h\","
                                    + " \"value\": 7, \"type\": \"int\"},\n");
            Files.writeString(folder.resolve(architecture + ".json"), text);
        }
        Compilation c = compile(List.of(folder), Board.packages(exits(NEVER_READ)));
        assertThat(c).succeeded();
        assertThat(source(c, "brd.BrdExit")).contains("final class New implements BrdExit");
        assertThat(source(c, "brd.BrdExit")).contains("{@code BRD_EXIT_NEW}, which says no more than that.");
        assertThat(source(c, "brd.BrdExitDecoder")).contains("case BrdConstants.BRD_EXIT_NEW -> ");
    }

    private static void expectExitError(String annotation, String message, String line) {
        JavaFileObject spec = exits(annotation);
        Compilation c = compile(Board.packages(spec));
        assertThat(c).hadErrorContaining(message).inFile(spec).onLineContaining(line);
        assertThat(c).hadErrorCount(1);
    }

    private static JavaFileObject exits(String annotation) {
        return type("brd", "BrdExitSpec", annotation, "interface BrdExitSpec {}");
    }

    private static JavaFileObject armIoctls() {
        return type(
                "brd.aarch64",
                "ArmIoctls",
                "@Ioctls",
                "interface ArmIoctls {",
                "@Ioctl(\"BRD_GET_REGS\") void getRegs(@Out BrdRegs regs);",
                "@Ioctl(\"BRD_INIT\") void init(@In BrdInit init);",
                "}");
    }

    private static String others(String more) {
        return "@Excuse(value = {\"BRD_GET_REGS\", \"BRD_INIT\"}, architectures = {\"riscv64\", \"x86_64\"" + more
                + "}, reason = \"only aarch64 handles it\")";
    }

    private static String here(String... requests) {
        return "@Excuse(value = {\"" + String.join("\", \"", requests) + "\"}, reason = \"test\")";
    }

    private static JavaFileObject neutral(String... excuses) {
        return SpecCompiler.packageOf(
                "brd",
                "@UapiPackage(headers = \"linux/board.h\", constants = \"BrdConstants\", neutral = \"brd_run\")",
                Stream.of(
                                Stream.of("@Unclaimed({"),
                                Stream.of(String.join(",\n", excuses).split("\n", -1)),
                                Stream.of("})"))
                        .flatMap(lines -> lines)
                        .toArray(String[]::new));
    }

    private static JavaFileObject[] packages(JavaFileObject... more) {
        return Stream.concat(
                        Stream.of(architecture("aarch64"), architecture("riscv64"), architecture("x86_64")),
                        Stream.of(more))
                .toArray(JavaFileObject[]::new);
    }

    private static String source(Compilation c, String name) throws IOException {
        return c.generatedSourceFile(name)
                .orElseThrow(() -> new AssertionError(name + " was not generated"))
                .getCharContent(false)
                .toString()
                .replaceAll("\\s+", " ")
                .replace("{ ", "{");
    }
}
