package io.kvm4j.headers.debian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CommandTest {
    @Test
    void runsToItsEnd() {
        assertEquals(
                new Command.Result(3, List.of("a", "b")),
                Command.of("sh", "-c", "echo a; echo b; exit 3").run());
    }

    @Test
    @Timeout(60)
    void endsWithTheProgramThatStartedItAndSoDoItsChildren() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-classpath",
                        placeOf(Command.class) + ":" + placeOf(CommandTest.class),
                        Waiting.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = program.inputReader(StandardCharsets.UTF_8)) {
            ProcessHandle child = process(output.readLine());
            ProcessHandle grandchild = process(output.readLine());
            assertTrue(child.isAlive() && grandchild.isAlive());
            program.destroy();
            assertTrue(program.waitFor(20, TimeUnit.SECONDS));
            child.onExit().get(10, TimeUnit.SECONDS);
            grandchild.onExit().get(10, TimeUnit.SECONDS);
            assertFalse(child.isAlive() || grandchild.isAlive());
        } finally {
            program.destroyForcibly();
        }
    }

    private static ProcessHandle process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private static Path placeOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Runs a command that has a child and never ends by itself, and prints the process ids of both. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] args) {
            Command.of("sh", "-c", "echo $$; sleep 300 & echo $!; wait").run(System.out::println);
        }
    }
}
