package io.kvm4j.headers.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void elsewhereEachStageIsALine() {
        try (LiveProgress progress = new LiveProgress(out, false, nanos::get)) {
            progress.begin("unpacking");
            progress.beginBriefly("booting");
            progress.begin("building");
            progress.clear();
        }
        assertEquals("kvm4j: unpacking\nkvm4j: building\n", printed());
    }

    @Test
    void aStageThatEndedStaysWithTheTimeThatItTook() {
        try (LiveProgress progress = new LiveProgress(out, true, nanos::get)) {
            progress.begin("unpacking");
            nanos.set(TimeUnit.SECONDS.toNanos(12));
            progress.begin("building");
        }
        assertEquals(
                "<erased>kvm4j: unpacking<erased>kvm4j: unpacking (12 s)\n<erased>kvm4j: building<erased>", printed());
    }

    @Test
    void theSecondsGoOnByThemselvesUntilItIsCleared() throws InterruptedException {
        try (LiveProgress progress = new LiveProgress(out, true, nanos::get)) {
            progress.begin("booting");
            nanos.set(TimeUnit.SECONDS.toNanos(3));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!printed().contains("kvm4j: booting (3 s)") && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            progress.clear();
            assertEquals("<erased>kvm4j: booting<erased>kvm4j: booting (3 s)<erased>", printed());
        }
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\u001b[K", "<erased>");
    }
}
