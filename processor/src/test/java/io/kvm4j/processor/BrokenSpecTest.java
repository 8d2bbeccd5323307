package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One broken spec of each kind: all of them are reported at once, and everything else is generated all the same. */
class BrokenSpecTest {
    @TempDir
    Path output;

    @Test
    void leavesTheOthersGenerated() throws IOException {
        List<JavaFileObject> specs = new ArrayList<>(List.of(Driver.specs()));
        specs.add(SpecCompiler.spec(
                "BrokenValueSpec", "@ValueEnum(prefix = \"DRV_CUP_\")", "interface BrokenValueSpec {}"));
        specs.add(SpecCompiler.spec(
                "BrokenFlagSpec",
                "@FlagEnum(prefix = \"DRV_REGION_\", fields = \"drv_none.flags\")",
                "interface BrokenFlagSpec {}"));
        specs.add(SpecCompiler.spec(
                "BrokenExitSpec",
                "@Exits(struct = \"drv_none\", prefix = \"DRV_EXIT_\", reasons = \"None\", except = \"DRV_EXIT_IO_OUT\")",
                "interface BrokenExitSpec {}"));
        specs.add(SpecCompiler.spec(
                "BrokenIoctls", "@Ioctls", "interface BrokenIoctls {", "@Ioctl(\"DRV_NONE\") int none();", "}"));
        specs.add(SpecCompiler.packageOf("broken", "@UapiPackage(headers = \"linux/none.h\", constants = \"C\")"));

        specs.addAll(SpecCompiler.support());
        List<String> errors = compile(specs);

        assertThat(errors.stream()
                        .map(e -> e.substring(0, "[KVM4J-000]".length()))
                        .toList())
                .containsExactly("[KVM4J-004]", "[KVM4J-006]", "[KVM4J-006]", "[KVM4J-011]", "[KVM4J-021]");
        assertThat(generated())
                .containsAtLeast(
                        "drv/DrvRegion.java",
                        "drv/DrvConstants.java",
                        "drv/x86/DrvRegs.java",
                        "drv/DrvCap.java",
                        "drv/RegionFlags.java",
                        "drv/DrvExit.java",
                        "drv/DrvIoctlsOverFd.java");
        assertThat(generated().stream().filter(name -> name.contains("Broken"))).isEmpty();
    }

    /** Compile-Testing does not tell what a failed compilation generated. */
    private List<String> compile(List<JavaFileObject> specs) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, null, null)) {
            files.setLocationFromPaths(StandardLocation.SOURCE_OUTPUT, List.of(output));
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
            JavaCompiler.CompilationTask task = compiler.getTask(
                    null, files, diagnostics, List.of("-Akvm4j.snapshot=" + SpecCompiler.SNAPSHOT), null, specs);
            task.setProcessors(List.of(new UapiProcessor()));
            assertThat(task.call()).isFalse();
        }
        return diagnostics.getDiagnostics().stream()
                .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .map(d -> d.getMessage(null))
                .toList();
    }

    private Set<String> generated() throws IOException {
        try (Stream<Path> files = Files.walk(output)) {
            return files.filter(Files::isRegularFile)
                    .map(f -> output.relativize(f).toString())
                    .collect(Collectors.toSet());
        }
    }
}
