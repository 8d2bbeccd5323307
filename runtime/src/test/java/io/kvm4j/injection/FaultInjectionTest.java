package io.kvm4j.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.KvmCondition;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fails the calls of a VM's, a pager's and a migration's life in turn, by errno and by Error, and counts descriptors,
 * mappings and threads afterwards: as many as fit in the time of an ordinary run, or, with {@code -Dkvm4j.slow}, all.
 */
@ExtendWith(KvmCondition.class) // not tagged "kvm": an emulated host would take an hour for it
@Timeout(1800)
class FaultInjectionTest {
    private static final Pattern RESULT = Pattern.compile("(\\d+) failures injected, (\\d+) leaks\n$");

    /** As many as take a minute on a machine that does nothing else. */
    private static final Map<String, Integer> ORDINARY = Map.of("vm", 700, "pager", 80, "migration", 120);

    @Test
    void whateverFailsNothingLeaks(@TempDir Path classes) throws Exception {
        InstrumentedClasses.write(
                List.of(pathOf(KvmExit.class), pathOf(Vm.class)), classes, FaultInjectionTest.class.getClassLoader());
        String output = output(classes);
        System.out.print(output);
        Matcher result = RESULT.matcher(output);
        assertTrue(result.find(), output);
        assertEquals("0", result.group(2), output);
        assertTrue(Integer.parseInt(result.group(1)) >= 500, output);
    }

    private static String output(Path classes) throws Exception {
        boolean all = System.getProperty("kvm4j.slow") != null;
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                List.of(classes, pathOf(FaultInjectionTest.class)).stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator)),
                InjectionRun.class.getName()));
        ORDINARY.forEach((name, budget) -> command.add(name + "=" + (all ? Integer.MAX_VALUE : budget)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path pathOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
