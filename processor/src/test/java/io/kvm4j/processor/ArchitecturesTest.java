package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static io.kvm4j.processor.Board.architecture;
import static io.kvm4j.processor.Board.compile;
import static io.kvm4j.processor.Board.generated;
import static io.kvm4j.processor.Board.neutral;
import static io.kvm4j.processor.Board.packages;
import static io.kvm4j.processor.Board.snapshot;
import static io.kvm4j.processor.Board.type;

import com.google.testing.compile.Compilation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes to the neutral package and what to those of the architectures, by comparing their snapshots. */
class ArchitecturesTest {
    @TempDir
    Path folder;

    @Test
    void recordsGoWhereTheirLikesAre() {
        Compilation c = compile(packages());
        assertThat(c).succeeded();
        assertThat(generated(c))
                .containsExactly(
                        "BrdConstants",
                        "BrdDeep",
                        "BrdEqual",
                        "BrdRun",
                        "BrdText",
                        "aarch64/ArchConstants",
                        "aarch64/BrdGrown",
                        "aarch64/BrdHolder",
                        "aarch64/BrdInit",
                        "aarch64/BrdPartial",
                        "aarch64/BrdRegs",
                        "riscv64/ArchConstants",
                        "riscv64/BrdGrown",
                        "riscv64/BrdHolder",
                        "riscv64/BrdRegs",
                        "x86_64/ArchConstants",
                        "x86_64/BrdGrown",
                        "x86_64/BrdHolder",
                        "x86_64/BrdPartial",
                        "x86_64/BrdRegs");
    }

    @Test
    void constantsGoWhereTheirLikesAre() {
        assertThat(compile(packages(type(
                        "brd.uses",
                        "Uses",
                        "class Uses {",
                        "int same = BrdConstants.BRD_SAME;",
                        "long x86 = brd.x86_64.ArchConstants.BRD_GET_REGS;",
                        "long arm = brd.aarch64.ArchConstants.BRD_GET_REGS;",
                        "int four = brd.x86_64.ArchConstants.BRD_DIFFERENT;",
                        "int eight = brd.riscv64.ArchConstants.BRD_DIFFERENT;",
                        "int some = brd.aarch64.ArchConstants.BRD_CAP_SOME;",
                        "int asm = brd.riscv64.ArchConstants.BRD_ASM;",
                        "}"))))
                .succeeded();
        for (String moved : List.of("BRD_DIFFERENT", "BRD_CAP_SOME", "BRD_GET_REGS", "BRD_ASM", "BRD_INIT")) {
            assertThat(compile(packages(
                            type("brd.uses", "Uses", "class Uses { long moved = BrdConstants." + moved + "; }"))))
                    .hadErrorContaining("cannot find symbol");
        }
    }

    @Test
    void charWhoseSignIsOpenIsAlikeAndHasThatOfByte() throws IOException {
        assertThat(source(compile(packages()), "brd.BrdText")).contains("requireRange(\"name\", value, -128, 127)");
    }

    @Test
    void keptRecordHasRoomForTheLargestOpaqueMember() throws IOException {
        String run = source(compile(packages()), "brd.BrdRun");
        assertThat(run).contains("from {@code linux/board.h}");
        assertThat(run).contains("MemoryLayout.sequenceLayout(24, ValueLayout.JAVA_BYTE).withName(\"arch\")");
    }

    @Test
    void neutralSourcesNameAllArchitectures() throws IOException {
        Compilation c = compile(packages());
        assertThat(source(c, "brd.BrdEqual"))
                .startsWith("// Generated from the headers of board-1 for aarch64, riscv64, x86_64 (digest ");
        assertThat(source(c, "brd.aarch64.BrdRegs"))
                .startsWith("// Generated from the headers of board-1 for aarch64 (digest ");
    }

    @Test
    void orderOfSnapshotsMakesNoDifference() throws IOException {
        List<Path> turned = List.of(snapshot("x86_64"), snapshot("riscv64"), snapshot("aarch64"));
        Compilation one = compile(packages());
        Compilation other = compile(turned, packages());
        assertThat(generated(other)).isEqualTo(generated(one));
        for (String name : generated(one)) {
            String type = "brd." + name.replace('/', '.');
            assertThat(source(other, type)).isEqualTo(source(one, type));
        }
    }

    @Test
    void architectureThatNoPackageIsForIsNotCompared() {
        Compilation c = compile(neutral(), architecture("aarch64"), architecture("riscv64"));
        assertThat(c).succeeded();
        assertThat(generated(c)).contains("BrdGrown");
        assertThat(generated(c)).contains("BrdHolder");
        assertThat(generated(c)).contains("aarch64/BrdPartial");
    }

    @Test
    void groupOfMacrosSpansTheArchitectures() throws IOException {
        Compilation c = compile(packages(
                type("brd", "CapSpec", "@ValueEnum(prefix = \"BRD_CAP_\")", "interface CapSpec {}"),
                type(
                        "brd",
                        "BrdExitSpec",
                        "@Exits(struct = \"brd_run\", prefix = \"BRD_EXIT_\", reasons = \"Reason\")",
                        "interface BrdExitSpec {}")));
        assertThat(c).succeeded();
        assertThat(source(c, "brd.Cap")).contains("BRD_CAP_SOME");
        assertThat(generated(c)).contains("BrdExit");
    }

    @Test
    void groupOfMacrosWithDifferentNumbersIsNotNeutral() {
        JavaFileObject spec = type("brd", "OddSpec", "@ValueEnum(prefix = \"BRD_DIFFERENT\")", "interface OddSpec {}");
        assertThat(compile(packages(spec))).hadErrorContaining("[KVM4J-021]").inFile(spec);
    }

    @Test
    void sameSimpleNameMeansThatOfTheOwnPackage() throws IOException {
        Compilation c = compile(packages(
                descriptor("brd.aarch64", "ArmIoctls", "@Ioctl(\"BRD_GET_REGS\") void getRegs(@Out BrdRegs regs);"),
                descriptor("brd.x86_64", "X86Ioctls", "@Ioctl(\"BRD_GET_REGS\") void getRegs(@Out BrdRegs regs);")));
        assertThat(source(c, "brd.aarch64.ArmIoctlsOverFd")).contains("ArchConstants.BRD_GET_REGS");
        assertThat(source(c, "brd.aarch64.ArmIoctlsOverFd")).doesNotContain("import brd.x86_64");
        assertThat(source(c, "brd.x86_64.X86IoctlsOverFd")).doesNotContain("import brd.aarch64");
    }

    @Test
    void setWithoutAnArchitectureHasAnotherStandIn() throws IOException {
        Path mine = otherSet("x86_64", "mine", t -> t);
        Compilation c = compile(List.of(mine, Board.SNAPSHOTS), packages());
        assertThat(c).succeeded();
        assertThat(c)
                .hadNoteContaining("[KVM4J-037] header set mine has no snapshot of aarch64:"
                        + " package brd.aarch64 is generated from that of board-1 instead");
        assertThat(source(c, "brd.BrdEqual")).startsWith("// Generated from the headers of mine for x86_64 ");
        assertThat(source(c, "brd.aarch64.BrdRegs"))
                .startsWith("// Generated from the headers of board-1 for aarch64 ");
        assertThat(generated(c)).isEqualTo(generated(compile(packages())));
    }

    @Test
    void newDeclarationsOfASetWithoutAllArchitecturesAreNeutral() throws IOException {
        Path mine = otherSet("x86_64", "mine", t -> t.replace("BRD_SAME", "BRD_NEW"));
        Compilation c = compile(List.of(mine, Board.SNAPSHOTS), packages());
        assertThat(source(c, "brd.BrdConstants")).contains("BRD_NEW");
        assertThat(source(c, "brd.BrdConstants")).doesNotContain("BRD_SAME");
        assertThat(source(c, "brd.aarch64.ArchConstants")).contains("BRD_SAME");
    }

    @Test
    void recordThatAStandInHasOtherwiseIsItsOwn() throws IOException {
        Path mine = otherSet("x86_64", "mine", t -> t.replace("\"name\": \"slot\"", "\"name\": \"place\""));
        Compilation c = compile(List.of(mine, Board.SNAPSHOTS), packages());
        assertThat(c).hadErrorCount(0);
        assertThat(source(c, "brd.BrdEqual")).contains("place()");
        assertThat(source(c, "brd.aarch64.BrdEqual")).contains("slot()");
        assertThat(generated(c)).contains("aarch64/BrdDeep");
    }

    @Test
    void namedSetHasNoStandIn() {
        JavaFileObject arm = SpecCompiler.packageOf(
                "brd.arm",
                "@UapiPackage(headers = \"asm/board.h\", constants = \"C\", architecture = \"mips\", set = \"board-1\")");
        Compilation c = compile(arm);
        assertThat(c)
                .hadErrorContaining(
                        "[KVM4J-003] no ABI snapshot of mips; there is board-1 for aarch64, board-1 for riscv64,");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void ioctlOfAnotherArchitecture() {
        expectOne(
                descriptor("brd.x86_64", "X86Ioctls", "@Ioctl(\"BRD_INIT\") void init(int target);"),
                "[KVM4J-035] the ioctl BRD_INIT is not declared for x86_64; name it in a package for aarch64",
                "BRD_INIT");
    }

    @Test
    void ioctlThatDiffersIsNotNeutral() {
        expectOne(
                descriptor("brd", "Ioctls_", "@Ioctl(\"BRD_GET_REGS\") void regs(@Out brd.x86_64.BrdRegs regs);"),
                "[KVM4J-035] the ioctl BRD_GET_REGS is not the same on every architecture;"
                        + " name it in a package for aarch64, riscv64, x86_64",
                "BRD_GET_REGS");
    }

    @Test
    void ioctlThatNoArchitectureHas() {
        expectOne(
                descriptor("brd.x86_64", "X86Ioctls", "@Ioctl(\"BRD_RESTE\") void reset();"),
                "[KVM4J-011] there is no ioctl BRD_RESTE in the headers; did you mean BRD_RESET?",
                "BRD_RESTE");
    }

    @Test
    void structOfAnotherArchitecture() {
        expectOne(
                descriptor(
                        "brd.x86_64",
                        "X86Ioctls",
                        "@Ioctl(\"BRD_GET_REGS\") void regs(@Out brd.aarch64.BrdRegs regs);"),
                "[KVM4J-035] the struct brd_regs is not declared for x86_64; name it in a package for aarch64",
                "void regs");
    }

    @Test
    void exitsOfAStructThatDiffers() {
        expectOne(
                type(
                        "brd",
                        "BrdExitSpec",
                        "@Exits(struct = \"brd_holder\", prefix = \"BRD_EXIT_\", reasons = \"Reason\")",
                        "interface BrdExitSpec {}"),
                "[KVM4J-035] the struct brd_holder is not the same on every architecture;"
                        + " name it in a package for aarch64, riscv64, x86_64",
                "brd_holder");
    }

    @Test
    void keptRecordMayDifferInWhatItEmbedsOnly() {
        JavaFileObject brd = neutral("brd_grown");
        Compilation c = compile(brd, architecture("x86_64"), architecture("aarch64"));
        assertThat(c)
                .hadErrorContaining(
                        "[KVM4J-036] brd_grown cannot stay neutral: its own members differ between architectures")
                .inFile(brd)
                .onLineContaining("brd_grown");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void emptyPathIsNone() {
        String twice = Board.SNAPSHOTS + File.pathSeparator + File.pathSeparator + Board.SNAPSHOTS;
        assertThat(SpecCompiler.compile(List.of("-Akvm4j.snapshot=" + twice), packages()))
                .hadErrorCount(0);
    }

    @Test
    void directoryWithoutSnapshots() {
        Compilation c = compile(List.of(folder), neutral());
        assertThat(c)
                .hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read: " + folder + " has no file *.json");
        assertThat(c).hadErrorCount(1);
    }

    private static JavaFileObject descriptor(String packageName, String name, String method) {
        return type(packageName, name, "@Ioctls", "interface " + name + " {", method, "}");
    }

    private static void expectOne(JavaFileObject spec, String message, String line) {
        Compilation c = compile(packages(spec));
        assertThat(c).hadErrorContaining(message).inFile(spec).onLineContaining(line);
        assertThat(c).hadErrorCount(1);
    }

    private Path otherSet(String architecture, String set, UnaryOperator<String> change) throws IOException {
        String text = Files.readString(snapshot(architecture)).replace("board-1", set);
        return Files.writeString(folder.resolve(architecture + ".json"), change.apply(text));
    }

    private static String source(Compilation c, String name) throws IOException {
        return c.generatedSourceFile(name)
                .orElseThrow(() -> new AssertionError(name + " was not generated"))
                .getCharContent(false)
                .toString();
    }
}
