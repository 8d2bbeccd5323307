package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static com.google.testing.compile.CompilationSubject.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Specs of one's own over structs and descriptors that a library brings, as users of the bindings' jar write them. */
class LibraryTypesTest {
    private static final String[] SET_REGION = {
        "@Ioctls", "public interface Mine {", "@Ioctl(\"DRV_SET_REGION\") void set(@In DrvRegion region);", "}"
    };

    @TempDir
    Path library;

    @BeforeEach
    void compileLibrary() throws IOException {
        Compilation compilation = SpecCompiler.compile(Driver.specs());
        for (JavaFileObject file : compilation.generatedFiles()) {
            if (file.getName().startsWith("/CLASS_OUTPUT/")) {
                Path target = library.resolve(file.getName().replaceFirst("^/CLASS_OUTPUT/", ""));
                Files.createDirectories(target.getParent());
                try (InputStream in = file.openInputStream()) {
                    Files.copy(in, target);
                }
            }
        }
    }

    @Test
    void descriptorExtendsThatOfTheLibrary() throws IOException {
        Compilation c = compile(
                "@Ioctls",
                "public interface Mine extends DrvIoctls {",
                "@Ioctl(\"DRV_GET_REGS\") void getRegs(@Out drv.x86.DrvRegs regs);",
                "static Mine of(int fd) { return new MineOverFd(fd, _ -> 1); }",
                "}");
        assertThat(c).succeededWithoutWarnings();
        String source = c.generatedSourceFile("mine.MineOverFd")
                .orElseThrow()
                .getCharContent(false)
                .toString();
        assertThat(source).contains("class MineOverFd extends DrvIoctlsOverFd implements Mine");
        assertThat(source).contains("IoctlCall.call(fd, 0x8010d003L, regs.segment())");
        assertThat(source).doesNotContain("setRegion");
    }

    @Test
    void growingReturnsAStructOfTheLibrary() {
        assertThat(compile(
                        "@Ioctls",
                        "interface Mine {",
                        "@Ioctl(\"DRV_GET_LIST\") @Growing @InOut DrvList list(java.lang.foreign.SegmentAllocator a);",
                        "}"))
                .succeededWithoutWarnings();
    }

    @Test
    void growingNeedsAStructWithACount() {
        Compilation c = compile(
                "@Ioctls",
                "interface Mine {",
                "@Ioctl(\"DRV_GET_PLAIN\") @Growing @InOut DrvPlain plain(java.lang.foreign.SegmentAllocator a);",
                "}");
        assertThat(c).hadErrorContaining("[KVM4J-029]");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void structOfTheLibraryIsComparedWithTheMacro() {
        Compilation c =
                compile("@Ioctls", "interface Mine {", "@Ioctl(\"DRV_SET_REGION\") void set(@In DrvPlain plain);", "}");
        assertThat(c)
                .hadErrorContaining("[KVM4J-015] DRV_SET_REGION takes struct drv_region according to its macro,"
                        + " not struct drv_plain");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void classThatIsNoViewIsNoArgument() {
        Compilation c = compile(
                "@Ioctls", "interface Mine {", "@Ioctl(\"DRV_SET_REGION\") void set(@In DrvCap notAView);", "}");
        assertThat(c)
                .hadErrorContaining("[KVM4J-016] the parameters of set:"
                        + " drv.DrvCap is neither int, long nor a generated struct");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void bindingsCarryTheSnapshotThatTheyAreMadeFrom() throws IOException {
        assertThat(Files.readString(library.resolve("META-INF/kvm4j/snapshots.list")))
                .isEqualTo("test-driver/x86_64.json\n");
        assertThat(Files.readString(library.resolve("META-INF/kvm4j/snapshots/test-driver/x86_64.json")))
                .isEqualTo(Files.readString(SpecCompiler.SNAPSHOT));
    }

    @Test
    void bindingsCarryWhatTheirSpecsClaim() throws IOException {
        assertThat(Files.readString(library.resolve("META-INF/kvm4j/spec-claims.list"))
                        .lines()
                        .toList())
                .containsAtLeast(
                        "ioctl DRV_VERSION",
                        "ioctl DRV_GET_PLAIN",
                        "prefix DRV_CAP_",
                        "constant DRV_KIND_DISK",
                        "constant DRV_EXIT_RESET");
    }

    @Test
    void snapshotOfTheLibraryIsTakenUnlessAnOptionNamesOne() {
        Compilation c = compile(List.of(), SET_REGION);
        assertThat(c).succeededWithoutWarnings();
        assertThat(c).generatedSourceFile("mine.MineOverFd");
        Compilation other = compile(List.of("-Akvm4j.snapshot=nowhere.json"), SET_REGION);
        assertThat(other)
                .hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read: nowhere.json does not exist");
    }

    @Test
    void specsOverALibraryCarryNoSnapshot() {
        Compilation c = compile(SET_REGION);
        assertThat(c).succeededWithoutWarnings();
        assertThat(c.generatedFile(StandardLocation.CLASS_OUTPUT, "META-INF/kvm4j/snapshots.list"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../secret.json", "test-driver/mips.json"})
    void snapshotThatTheLibraryListsButLacks(String name) throws IOException {
        Files.writeString(library.resolve("META-INF/kvm4j/snapshots.list"), name + "\n");
        Compilation c = compile(List.of(), SET_REGION);
        assertThat(c)
                .hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read:"
                        + " the bindings list a snapshot that they don't carry: " + name);
    }

    @Test
    void snapshotOfALibraryThatIsAModule(@TempDir Path output) throws IOException {
        compileModule(
                library,
                List.of(),
                JavaFileObjects.forSourceLines(
                        "module-info", "module lib { exports drv; exports drv.x86; exports io.kvm4j.uapi; }"));
        compileModule(
                output,
                List.of(
                        "--module-path=" + library,
                        "--class-path=" + System.getProperty("java.class.path"),
                        "--add-reads=mine=ALL-UNNAMED"),
                JavaFileObjects.forSourceLines("module-info", "module mine { requires lib; }"),
                mine(SET_REGION));
        assertThat(Files.exists(output.resolve("mine/MineOverFd.class"))).isTrue();
    }

    private static void compileModule(Path output, List<String> options, JavaFileObject... sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, null, null)) {
            List<String> all = new ArrayList<>(List.of("-d", output.toString()));
            all.addAll(options);
            JavaCompiler.CompilationTask task = compiler.getTask(null, files, diagnostics, all, null, List.of(sources));
            task.setProcessors(List.of(new UapiProcessor()));
            assertWithMessage(diagnostics.getDiagnostics().toString())
                    .that(task.call())
                    .isTrue();
        }
    }

    private Compilation compile(String... lines) {
        return compile(List.of("-Akvm4j.snapshot=" + SpecCompiler.SNAPSHOT), lines);
    }

    private static JavaFileObject mine(String... lines) {
        List<String> header = List.of("package mine;", "import io.kvm4j.processor.annotations.*;", "import drv.*;");
        return JavaFileObjects.forSourceLines(
                "mine.Mine", Stream.concat(header.stream(), Stream.of(lines)).toList());
    }

    private Compilation compile(List<String> options, String... lines) {
        List<File> classPath = Stream.concat(
                        Stream.of(library.toFile()),
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                                .map(File::new))
                .toList();
        return Compiler.javac()
                .withProcessors(new UapiProcessor())
                .withClasspath(classPath)
                .withOptions(options)
                .compile(mine(lines));
    }
}
