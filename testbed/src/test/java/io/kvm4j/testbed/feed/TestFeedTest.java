package io.kvm4j.testbed.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class TestFeedTest {
    // Samples for the feed: Surefire leaves nested classes alone, so that only the tests below run them.

    static class SampleOfAll {
        @Test
        void passes() {}

        @Test
        void fails() {
            throw new AssertionError("one is not two");
        }

        @Test
        void assumesTooMuch() {
            Assumptions.abort("not here");
        }

        @Test
        @Disabled("not today")
        void isDisabled() {}
    }

    @Disabled("none of it")
    static class SampleDisabled {
        @Test
        void passes() {}
    }

    static class SampleLong {
        @Test
        void takesItsTime() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static String feed(boolean active, Class<?> tests) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .build();
        LauncherFactory.create().execute(request, new TestFeed(out, active, Duration.ofMillis(50)));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void tellsHowAClassEndedAndWhyATestFailed() {
        List<String> lines = feed(true, SampleOfAll.class).lines().toList();
        assertEquals(2, lines.size(), lines.toString());
        assertEquals(
                "TestFeedTest$SampleOfAll.fails() failed: java.lang.AssertionError: one is not two", lines.getFirst());
        assertTrue(
                lines.getLast().matches("TestFeedTest\\$SampleOfAll: 1 passed, 1 failed, 2 skipped in \\d+\\.\\d s"),
                lines.getLast());
    }

    @Test
    void saysWhyAClassIsSkipped() {
        assertEquals(
                List.of("TestFeedTest$SampleDisabled: skipped: none of it"),
                feed(true, SampleDisabled.class).lines().toList());
    }

    @Test
    void tellsWhereATestIsThatTakesLong() {
        List<String> lines = feed(true, SampleLong.class).lines().toList();
        assertEquals("TestFeedTest$SampleLong.takesItsTime() has run for 0 s, and is here:", lines.getFirst());
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("SampleLong.takesItsTime(TestFeedTest.java")),
                lines.toString());
        assertTrue(lines.stream().noneMatch(line -> line.contains("org.junit")), lines.toString());
    }

    @Test
    void saysNothingUnlessAsked() {
        assertEquals("", feed(false, SampleOfAll.class));
    }
}
