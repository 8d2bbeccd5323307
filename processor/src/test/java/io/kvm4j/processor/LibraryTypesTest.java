package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Specs of one's own over structs and descriptors that a library brings, as users of the bindings' jar write them. */
class LibraryTypesTest {
    @TempDir
    Path library;

    @BeforeEach
    void compileLibrary() throws IOException {
        Compilation compilation = SpecCompiler.compile(Driver.specs());
        for (JavaFileObject file : compilation.generatedFiles()) {
            if (file.getKind() == JavaFileObject.Kind.CLASS) {
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

    private Compilation compile(String... lines) {
        List<String> header = List.of("package mine;", "import io.kvm4j.processor.annotations.*;", "import drv.*;");
        JavaFileObject spec = JavaFileObjects.forSourceLines(
                "mine.Mine", Stream.concat(header.stream(), Stream.of(lines)).toList());
        List<File> classPath = Stream.concat(
                        Stream.of(library.toFile()),
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                                .map(File::new))
                .toList();
        return Compiler.javac()
                .withProcessors(new UapiProcessor())
                .withClasspath(classPath)
                .withOptions("-Akvm4j.snapshot=" + SpecCompiler.SNAPSHOT)
                .compile(spec);
    }
}
