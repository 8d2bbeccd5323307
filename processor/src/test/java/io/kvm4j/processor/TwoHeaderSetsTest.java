package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;

import com.google.testing.compile.Compilation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two header sets in one compilation, of which one gives another meaning to the other's numbers. */
class TwoHeaderSetsTest {
    @TempDir
    Path folder;

    @Test
    void eachPackageHasTheNumbersOfItsOwnSet() throws IOException {
        Path proposal = Files.writeString(
                folder.resolve("proposal.json"),
                Files.readString(SpecCompiler.SNAPSHOT)
                        .replace("\"headerSet\": \"test-driver\"", "\"headerSet\": \"proposal\"")
                        .replace(
                                "\"DRV_EXIT_RESET\", \"header\": \"linux/drv.h\", \"value\": 3",
                                "\"DRV_EXIT_RESET\", \"header\": \"linux/drv.h\", \"value\": 33"));
        JavaFileObject proposed = SpecCompiler.packageOf(
                "drv.proposed",
                "@UapiPackage(headers = \"linux/drv.h\", constants = \"ProposedConstants\", set = \"proposal\", neutral = \"drv_run\")",
                SpecCompiler.unclaimed());
        Compilation c = SpecCompiler.compile(
                List.of("-Akvm4j.snapshot=" + SpecCompiler.SNAPSHOT + File.pathSeparator + proposal),
                Stream.concat(Stream.of(Driver.specs()), Stream.of(proposed)).toArray(JavaFileObject[]::new));

        assertThat(source(c, "drv.proposed.ProposedConstants")).contains("DRV_EXIT_RESET = 33;");
        assertThat(source(c, "drv.proposed.ProposedConstants")).contains("headers of proposal for x86_64");
        assertThat(source(c, "drv.DrvConstants")).contains("DRV_EXIT_RESET = 3;");
        assertThat(source(c, "drv.DrvExitDecoder")).contains("case DrvConstants.DRV_EXIT_RESET -> reset;");
        assertThat(source(c, "drv.DrvIoctlsOverFd")).contains("DrvConstants.DRV_RUN");
    }

    private static String source(Compilation c, String name) throws IOException {
        assertThat(c).hadErrorCount(0);
        return c.generatedSourceFile(name).orElseThrow().getCharContent(false).toString();
    }
}
