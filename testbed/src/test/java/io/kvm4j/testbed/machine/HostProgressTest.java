package io.kvm4j.testbed.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostProgressTest {
    private final List<String> told = new ArrayList<>();
    private final HostProgress progress = new HostProgress(new HostProgress.Listener() {
        @Override
        public void booted() {
            told.add("booted");
        }

        @Override
        public void printed() {
            told.add("printed");
        }
    });

    @Test
    void saysHowFarAHostHasCome() throws IOException {
        OutputStream out = progress.watch(new ByteArrayOutputStream());
        assertEquals("while its kernel booted", progress.description());
        progress.kernelSaid("[    1.2] Run /init as init process");
        assertEquals("before its command had printed anything", progress.description());
        print(out, "round");
        assertEquals("after its command had printed 'round'", progress.description());
        print(out, " 1\n");
        assertEquals("after its command had printed 1 line, the last 'round 1'", progress.description());
        print(out, "round 2\nrou");
        assertEquals("after its command had printed 2 lines, the last 'round 2'", progress.description());
    }

    @Test
    void tellsEachChangeOnce() throws IOException {
        OutputStream out = progress.watch(new ByteArrayOutputStream());
        progress.kernelSaid("Linux version 7.2");
        progress.kernelSaid("Run /init as init process");
        progress.kernelSaid("Run /init as init process");
        print(out, "");
        print(out, "a");
        print(out, "b");
        assertEquals(List.of("booted", "printed"), told);
    }

    @Test
    void handsOnEveryByteAndKeepsNoEndlessLine() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        String endless = "x".repeat(100_000);
        print(progress.watch(all), endless);
        assertEquals(endless, all.toString(StandardCharsets.UTF_8));
        assertEquals("after its command had printed '" + "x".repeat(120) + "'", progress.description());
    }

    private static void print(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
