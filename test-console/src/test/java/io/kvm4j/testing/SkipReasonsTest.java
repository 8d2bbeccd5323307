package io.kvm4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.TestAbortedException;

class SkipReasonsTest {
    @Test
    void namesEachReasonOnceWithItsClasses() {
        assertEquals(
                List.of(
                        "Skipped 2 tests: no lathe (SkipReasonsTest.WithoutLathe)",
                        "Skipped 1 test: no paint (SkipReasonsTest.SomeAborted)",
                        "Skipped 1 test: no reason given (SkipReasonsTest.SomeAborted)"),
                run(WithoutLathe.class, SomeAborted.class));
    }

    @Test
    void saysNothingIfAllTestsRan() {
        assertEquals(List.of(), run(AllRun.class));
    }

    @Test
    void isFoundByJUnit() {
        assertFalse(ServiceLoader.load(TestExecutionListener.class).stream()
                .filter(p -> p.type() == SkipReasons.class)
                .toList()
                .isEmpty());
    }

    private static List<String> run(Class<?>... classes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        LauncherConfig config = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestExecutionListeners(new SkipReasons(out))
                .build();
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (Class<?> type : classes) {
            request.selectors(selectClass(type));
        }
        LauncherFactory.create(config).execute(request.build());
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Disabled("no lathe")
    static class WithoutLathe {
        @Test
        void turns() {}

        @Test
        void drills() {}
    }

    static class SomeAborted {
        @Test
        void paints() {
            assumeTrue(false, "no paint\nand no brush");
        }

        @Test
        void waits() {
            throw new TestAbortedException();
        }
    }

    static class AllRun {
        @Test
        void runs() {}
    }
}
