package io.kvm4j.testbed.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurefireReportsTest {
    private static final String CONSOLE_REPORT = """
            <testsuite name="JUnit Jupiter" tests="4">
            <testcase name="works()" classname="a.ATest" time="0.5"/>
            <testcase name="fails()" classname="a.ATest" time="0.25"><failure message="no"/></testcase>
            <testcase name="skips()" classname="a.ATest" time="0"><skipped>no KVM</skipped></testcase>
            <testcase name="works()" classname="b.BTest" time="1"/>
            </testsuite>
            """;

    @Test
    void oneReportForEachClassWithTheHostsName(@TempDir Path directory) throws IOException {
        SurefireReports.Counts counts =
                new SurefireReports("mainline", directory).write(CONSOLE_REPORT.getBytes(StandardCharsets.UTF_8));
        assertEquals(new SurefireReports.Counts(2, 1, 1), counts);
        String report = Files.readString(directory.resolve("TEST-a.ATest-mainline.xml"));
        assertTrue(report.contains("classname=\"a.ATest(mainline)\""), report);
        assertTrue(report.contains("name=\"works\""), report);
        assertTrue(report.contains("no KVM"), report);
        assertTrue(report.contains("failures=\"1\""), report);
        assertTrue(Files.exists(directory.resolve("TEST-b.BTest-mainline.xml")));
    }

    @Test
    void noClassOfAReportChoosesWhereItsFileLies(@TempDir Path directory) throws IOException {
        Path reports = Files.createDirectories(directory.resolve("reports/TEST-a"));
        for (String name : List.of("a/../../canary", "../canary", "/canary", "a b", "")) {
            String report = CONSOLE_REPORT.replace("b.BTest", name);
            assertThrows(IOException.class, () -> write(reports.getParent(), report));
        }
        assertThrows(
                IOException.class,
                () -> write(
                        reports.getParent(),
                        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + CONSOLE_REPORT));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(reports.getParent()), files.toList());
        }
    }

    private static void write(Path directory, String report) throws IOException {
        new SurefireReports("mainline", directory).write(report.getBytes(StandardCharsets.UTF_8));
    }
}
