package io.kvm4j.headers.debian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ScratchDirectoryTest {
    private static final int KILLED_BY_TERM = 143;

    @TempDir
    Path parent;

    private List<Path> children() throws IOException {
        try (Stream<Path> listing = Files.list(parent)) {
            return listing.toList();
        }
    }

    @Test
    void isDeletedWithAllThatIsInIt() throws IOException {
        try (ScratchDirectory scratch = ScratchDirectory.in(parent, "work-")) {
            Path inside = Files.createDirectories(scratch.path().resolve("a/b"));
            Files.writeString(inside.resolve("c"), "text");
            assertEquals(List.of(scratch.path()), children());
        }
        assertEquals(List.of(), children());
    }

    @Test
    void isDeletedWhenTheJvmIsStopped() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(":", location(ScratchDirectory.class), location(Stopped.class)),
                        Stopped.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader()) {
            Path scratch = Path.of(out.readLine());
            assertTrue(Files.exists(scratch.resolve("file")));
            process.destroy();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(KILLED_BY_TERM, process.exitValue());
            assertFalse(Files.exists(scratch));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** A program that is stopped in the middle of its work. */
    static final class Stopped {
        private Stopped() {}

        public static void main(String[] arguments) throws Exception {
            try (ScratchDirectory scratch = ScratchDirectory.in(Path.of(arguments[0]), "work-")) {
                Files.writeString(scratch.path().resolve("file"), "text");
                System.out.println(scratch.path());
                TimeUnit.MINUTES.sleep(1);
            }
        }
    }
}
