package io.kvm4j.processor;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static io.kvm4j.processor.SpecCompiler.compile;
import static io.kvm4j.processor.SpecCompiler.spec;

import com.google.testing.compile.Compilation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of specs and of code that uses their bindings when the headers gain declarations. */
class NewHeadersTest {
    @TempDir
    Path folder;

    @Test
    void switchOverAllExitsCompiles() {
        assertThat(compile(specsAnd(exhaustiveSwitch()))).succeeded();
    }

    @Test
    void newExitMakesSwitchWithoutDefaultIncomplete() throws IOException {
        JavaFileObject loop = exhaustiveSwitch();
        Compilation c = compile(snapshotWith(constant("DRV_EXIT_FROB", 44)), specsAnd(loop));
        assertThat(c)
                .hadErrorContaining("the switch expression does not cover all possible input values")
                .inFile(loop)
                .onLineContaining("switch (exit)");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void newExitThatWouldHideJavaLangHasAnotherName() throws IOException {
        Compilation c = compile(
                snapshotWith(constant("DRV_EXIT_THREAD", 44)),
                specsAnd(spec("Uses", "class Uses { Class<?> thread = DrvExit.ThreadExit.class; }")));
        assertThat(c).succeeded();
        assertThat(c)
                .hadWarningContaining("[KVM4J-055] the exit of DRV_EXIT_THREAD is generated as ThreadExit,"
                        + " since Thread would hide a type of java.lang; name it with type in @Exit");
        assertThat(c).hadWarningCount(1);
    }

    @Test
    void newIoctlIsAConstantAndAWarning() throws IOException {
        String ioctl = "    {\"name\": \"DRV_FROB\"},\n";
        Compilation c = compile(
                snapshotWith(constant("DRV_FROB", 53_255), ioctl),
                specsAnd(spec("Uses", "class Uses { int frob = DrvConstants.DRV_FROB; }")));
        assertThat(c).succeeded();
        assertThat(c).hadWarningContaining("[KVM4J-020] no spec claims the ioctl DRV_FROB");
        assertThat(c).hadWarningCount(1);
    }

    @Test
    void newIoctlIsAMethodAfterALineOfSpec() throws IOException {
        String ioctl = "    {\"name\": \"DRV_FROB\"},\n";
        Compilation c = compile(
                snapshotWith(constant("DRV_FROB", 53_255), ioctl),
                specsAnd(
                        spec("Frob", "@Ioctls", "interface Frob {", "@Ioctl(\"DRV_FROB\") void frob();", "}"),
                        spec("Uses", "class Uses { void frob() { new FrobOverFd(0, _ -> 1).frob(); } }")));
        assertThat(c).succeededWithoutWarnings();
    }

    @Test
    void newFlagIsAConstantOfItsEnum() throws IOException {
        Compilation c = compile(
                snapshotWith(constant("DRV_REGION_FROZEN", 4)),
                specsAnd(spec("Uses", "class Uses { RegionFlag frozen = RegionFlag.DRV_REGION_FROZEN; }")));
        assertThat(c).succeededWithoutWarnings();
    }

    private static JavaFileObject[] specsAnd(JavaFileObject... more) {
        return Stream.concat(Stream.of(Driver.specs()), Stream.of(more)).toArray(JavaFileObject[]::new);
    }

    private static JavaFileObject exhaustiveSwitch() {
        return spec(
                "Loop",
                "class Loop {",
                "int handle(DrvExit exit) {",
                "return switch (exit) {",
                "case DrvExit.Hardware _, DrvExit.Reset _, DrvExit.Debug _ -> 0;",
                "case DrvExit.Io io -> io.port();",
                "case DrvExit.Arm _ -> 2;",
                "case DrvExit.Unrecognized unrecognized -> unrecognized.reason().number();",
                "};",
                "}",
                "}");
    }

    private static String constant(String name, int value) {
        return "    {\"name\": \"%s\", \"header\": \"linux/drv.h\", \"value\": %d, \"type\": \"int\"},\n"
                .formatted(name, value);
    }

    private List<String> snapshotWith(String constant) throws IOException {
        return snapshotWith(constant, "");
    }

    private List<String> snapshotWith(String constant, String ioctl) throws IOException {
        String text = Files.readString(SpecCompiler.SNAPSHOT)
                .replace("\"constants\": [\n", "\"constants\": [\n" + constant)
                .replace("\"ioctls\": [\n", "\"ioctls\": [\n" + ioctl);
        Path snapshot = Files.writeString(folder.resolve("new.json"), text);
        return List.of("-Akvm4j.snapshot=" + snapshot);
    }
}
