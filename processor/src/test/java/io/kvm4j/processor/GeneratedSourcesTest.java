package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static com.google.testing.compile.CompilationSubject.assertThat;

import com.google.testing.compile.Compilation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Compares generated sources with golden files, {@code src/test/golden/<test method>/<class>.java}. With {@code
 * -Dkvm4j.golden=update} the tests write them instead: read the difference before you commit it.
 */
class GeneratedSourcesTest {
    private static final Path GOLDEN = Path.of("src/test/golden");

    private Compilation compilation;

    @BeforeEach
    void compileDriver() {
        compilation = SpecCompiler.compile(Driver.specs());
        assertThat(compilation).succeededWithoutWarnings();
    }

    @Test
    void structs(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvRegion");
    }

    @Test
    void flexibleArrays(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvList", "drv/DrvWords");
    }

    @Test
    void bitFields(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvBits");
    }

    @Test
    void packedStructs(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvPacked");
    }

    @Test
    void predicatesAndNestedStructNamedLikeJavaLang(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvReport");
    }

    @Test
    void nestedArraysAnd128Bits(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvTables");
    }

    @Test
    void neutralStructKeepsArchitecturesMembersOpaque(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvRun");
    }

    @Test
    void structThatEmbedsArchitecturesStructMovesThere(TestInfo test) throws IOException {
        expectGolden(test, "drv/x86/DrvContext");
    }

    @Test
    void constants(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvConstants", "drv/x86/DrvX86Constants");
    }

    @Test
    void valueEnums(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvCap");
    }

    @Test
    void flagEnums(TestInfo test) throws IOException {
        expectGolden(test, "drv/RegionFlag", "drv/RegionFlags");
    }

    @Test
    void typedAccessors(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvWords", "drv/DrvPacked", "drv/Mode", "drv/Kind", "drv/Tasks", "drv/Task");
    }

    @Test
    void enumOfArchitectureHasTheAccessorsOfNeutralStruct(TestInfo test) throws IOException {
        expectGolden(test, "drv/x86/RunFlag", "drv/x86/RunFlags");
    }

    @Test
    void exits(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvExit", "drv/DrvExitDecoder", "drv/DrvReason");
    }

    @Test
    void ioctls(TestInfo test) throws IOException {
        expectGolden(test, "drv/DrvIoctlsOverFd", "drv/x86/DrvMoreIoctlsOverFd");
    }

    /** Arguments that the driver's own ioctls do not take. */
    @Test
    void allocatedAndReturnedArguments(TestInfo test) throws IOException {
        JavaFileObject ioctls = SpecCompiler.spec(
                "OddIoctls",
                "@Ioctls",
                "public interface OddIoctls {",
                "@Ioctl(\"DRV_GET_LIST\") @InOut @SizedBy(value = \"DRV_CAP_REGION2\", field = \"pad\")",
                "DrvList getList(SegmentAllocator allocator);",
                "@Ioctl(\"DRV_SET_ADDR\") @Out @WrongMacro(\"test\") long addr();",
                "@Ioctl(\"DRV_SET_MASK\") @Out @WrongMacro(\"test\") int mask();",
                "@Ioctl(\"DRV_OLD_REGION\") @WrongMacro(\"test\") int old(@InOut io.kvm4j.uapi.Struct any);",
                "}");
        compilation = SpecCompiler.compile(SpecCompiler.driverPackage(), SpecCompiler.architecturePackage(), ioctls);
        assertThat(compilation).succeeded();
        expectGolden(test, "drv/OddIoctlsOverFd");
    }

    @Test
    void architecturesCompared(TestInfo test) throws IOException {
        compilation = Board.compile(Board.packages());
        expectGolden(test, "brd/BrdRun", "brd/BrdConstants", "brd/x86_64/ArchConstants", "brd/aarch64/BrdHolder");
    }

    @Test
    void sameInputGivesSameBytes() throws IOException {
        Compilation again = SpecCompiler.compile(Driver.specs());
        for (var file : compilation.generatedSourceFiles()) {
            String name = file.getName().replaceFirst("^/SOURCE_OUTPUT/", "").replace(".java", "");
            assertThat(source(again, name)).isEqualTo(source(compilation, name));
        }
    }

    private void expectGolden(TestInfo test, String... classes) throws IOException {
        Path folder = GOLDEN.resolve(test.getTestMethod().orElseThrow().getName());
        for (String name : classes) {
            Path golden = folder.resolve(Path.of(name).getFileName() + ".java");
            if ("update".equals(System.getProperty("kvm4j.golden"))) {
                Files.createDirectories(folder);
                Files.writeString(golden, source(compilation, name));
            }
            assertWithMessage(golden.toString()).that(source(compilation, name)).isEqualTo(Files.readString(golden));
        }
    }

    private static String source(Compilation from, String name) throws IOException {
        return from.generatedSourceFile(name.replace('/', '.'))
                .orElseThrow(() -> new AssertionError(name + " was not generated"))
                .getCharContent(false)
                .toString();
    }
}
