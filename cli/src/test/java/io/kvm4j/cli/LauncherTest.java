package io.kvm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, in a clone that holds nothing else, on a machine that has only some programs. */
@Timeout(300)
class LauncherTest {
    private static final List<String> TOOLS =
            List.of("sh", "cat", "dirname", "find", "flock", "kill", "mkdir", "readlink", "rm", "sed", "sleep", "sort");

    @TempDir
    private Path directory;

    @Test
    void aPathWithAColonIsRefused() throws Exception {
        Path clone = clone("a:b");
        Outcome outcome = launch(clone, programs(), Map.of());
        assertEquals(2, outcome.status());
        assertEquals(
                "kvm4j: the path of this clone contains ':', which separates the entries of Java's class path: rename "
                        + clone + "\n",
                outcome.err());
    }

    @Test
    void packagesAreInstalledOnlyAfterSayingWhich() throws Exception {
        Outcome outcome = launch(clone("clone"), programs(), Map.of());
        assertEquals(2, outcome.status(), outcome.err());
        assertTrue(
                outcome.err().startsWith("kvm4j: installing maven with apt-get (KVM4J_INSTALL=no to refuse)\n"),
                outcome.err());
        assertTrue(Files.readString(log()).contains("install -y -qq --no-install-recommends maven\n"));
    }

    @Test
    void nothingIsInstalledIfThatIsRefused() throws Exception {
        Outcome outcome = launch(clone("clone"), programs(), Map.of("KVM4J_INSTALL", "no"));
        assertEquals(2, outcome.status(), outcome.err());
        assertTrue(
                outcome.err().startsWith("kvm4j: no mvn on PATH: install Maven 3.8.7 or newer (package maven)\n"),
                outcome.err());
        assertFalse(Files.exists(log()), "apt-get was called");
    }

    private Path clone(String name) throws IOException {
        Path clone = Files.createDirectories(directory.resolve(name));
        Path launcher = Files.copy(Path.of("../kvm4j"), clone.resolve("kvm4j"));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(clone.resolve(".mvn"));
        Files.copy(Path.of("../.mvn/find-tools.sh"), clone.resolve(".mvn/find-tools.sh"));
        Files.createFile(clone.resolve("pom.xml"));
        return clone;
    }

    /** A directory of programs: root's id, an apt-get that only notes its arguments, and no mvn. */
    private Path programs() throws IOException {
        Path programs = Files.createDirectory(directory.resolve("bin"));
        for (String tool : TOOLS) {
            for (String place : List.of("/usr/bin", "/bin")) {
                Path original = Path.of(place, tool);
                if (Files.exists(original) && Files.notExists(programs.resolve(tool))) {
                    script(programs.resolve(tool), "exec " + original + " \"$@\"");
                }
            }
        }
        script(programs.resolve("id"), "echo 0");
        script(programs.resolve("apt-cache"), "echo maven");
        script(programs.resolve("apt-get"), "echo \"$@\" >>" + log());
        return programs;
    }

    private Path log() {
        return directory.resolve("apt-get.log");
    }

    private static void script(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Outcome launch(Path clone, Path programs, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(clone.resolve("kvm4j").toString(), "hello");
        builder.environment().clear();
        builder.environment().put("PATH", programs.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process =
                builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "did not end");
        return new Outcome(process.exitValue(), err);
    }

    private record Outcome(int status, String err) {}
}
