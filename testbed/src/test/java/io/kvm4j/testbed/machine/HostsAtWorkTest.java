package io.kvm4j.testbed.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.headers.debian.CacheDirectory;
import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.Hosts;
import io.kvm4j.testbed.image.BuiltKernel;
import io.kvm4j.testbed.image.Images;
import io.kvm4j.testbed.image.Job;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Boots the smallest host, which is built for it if need be, and lets it end in every way that a host can end. */
@Tag("emulation")
class HostsAtWorkTest {
    private static final Host HOST = Hosts.named("nowait");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Ending run(int deadline, int memory, String script) throws IOException {
        Images images = new Images(CacheDirectory.of(System.getenv()).resolve("testbed"), System.err::println);
        BuiltKernel kernel = images.kernel(HOST);
        Path userSpace = images.userSpace(HOST, new TreeSet<>(List.of("java.base")));
        Settings settings = new Settings(1, memory, Duration.ofSeconds(deadline), false, false);
        return new Emulation(
                        HOST.machine(), images.emulator(HOST), kernel.image(), List.of(userSpace, kernel.modules()))
                .run(
                        new Job(List.of("sh", "-c", script), Map.of()),
                        settings,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void outputErrorsStatusAndResultsComeBack() throws IOException {
        Ending ending = run(120, 1024, "echo 'out ü'; echo err >&2; echo kept >/results/file; exit 7");
        Results results = assertInstanceOf(Ending.Exited.class, ending).results();
        assertEquals(7, ending.exitStatus());
        assertEquals("out ü\n", out.toString(StandardCharsets.UTF_8));
        assertEquals("err\n", err.toString(StandardCharsets.UTF_8));
        assertEquals("kept\n", new String(results.files().get("file"), StandardCharsets.UTF_8));
    }

    @Test
    void aHangIsCutOff() throws IOException {
        Ending ending = run(15, 1024, "echo here; sleep 1000");
        assertInstanceOf(Ending.TimedOut.class, ending);
        assertEquals(124, ending.exitStatus());
        assertEquals("here\n", out.toString(StandardCharsets.UTF_8));
        assertEquals(
                List.of("cut off after 15 s (--deadline), after its command had printed 1 line, the last 'here';"
                        + " --console shows its kernel's messages"),
                ending.explanation());
    }

    @Test
    void aPanicIsReportedAsOne() throws IOException {
        Ending ending = run(120, 1024, "echo c >/proc/sysrq-trigger; sleep 100");
        assertEquals(
                "sysrq triggered crash",
                assertInstanceOf(Ending.Panicked.class, ending).cause());
        assertEquals(125, ending.exitStatus());
    }

    @Test
    void aHostThatPowersOffEarlyIsReported() throws IOException {
        Ending ending = run(120, 1024, "echo o >/proc/sysrq-trigger; sleep 100");
        assertInstanceOf(Ending.Died.class, ending);
        assertEquals(126, ending.exitStatus());
    }

    @Test
    void wantOfMemoryIsReportedAsSuch() throws IOException {
        Ending ending = run(120, 512, "tail /dev/zero");
        assertInstanceOf(Ending.OutOfMemory.class, ending);
        assertEquals(137, ending.exitStatus());
    }

    @Test
    void aCrashOfTheJvmIsReportedAsOne() throws IOException {
        String longWork = "keytool -genkeypair -keyalg RSA -keysize 16384 -alias a -dname cn=a -storepass secret";
        Ending ending = run(120, 1024, longWork + " -keystore /tmp/keys & sleep 8; kill -SEGV $!; wait $!");
        assertTrue(assertInstanceOf(Ending.JvmCrashed.class, ending).cause().startsWith("SIGSEGV"));
        assertEquals(134, ending.exitStatus());
    }
}
