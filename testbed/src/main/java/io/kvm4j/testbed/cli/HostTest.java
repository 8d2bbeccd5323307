package io.kvm4j.testbed.cli;

import io.kvm4j.headers.debian.DebianException;
import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.image.Job;
import io.kvm4j.testbed.machine.Ending;
import io.kvm4j.testbed.machine.Results;
import io.kvm4j.testbed.machine.Settings;
import io.kvm4j.testbed.report.SurefireReports;
import io.kvm4j.testbed.report.SurefireReports.Counts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.ExitCode;

/**
 * The tests on one host.
 *
 * @param testbed boots it
 * @param host the host
 * @param job the tests
 * @param settings the size of the host
 * @param reports takes Surefire's reports
 */
record HostTest(Testbed testbed, Host host, Job job, Settings settings, Path reports) {
    /**
     * Runs them and prints how many passed.
     *
     * @return the exit status
     */
    int run(PrintStream out, PrintStream err) throws IOException {
        long start = System.nanoTime();
        Ending ending = testbed.run(host, job, settings, out, err);
        if (!(ending instanceof Ending.Exited(Results(int status, Map<String, byte[]> files)))) {
            return Testbed.report(host, ending);
        }
        byte[] report = files.get("TEST-junit-jupiter.xml");
        if (report == null) {
            throw new TestbedException(host.name() + ": the tests ended with status " + status + " and no report");
        }
        Counts counts = new SurefireReports(host.name(), reports).write(report);
        System.out.printf(
                "%s: %d passed, %d failed, %d skipped in %d s%n",
                host.name(),
                counts.passed(),
                counts.failed(),
                counts.skipped(),
                Duration.ofNanos(System.nanoTime() - start).toSeconds());
        return status;
    }

    /** Does so while other hosts print as well: what the tests print is marked with the name of this one. */
    int runAmongOthers(PrintStream sharedOut, PrintStream sharedErr) {
        try (PrintStream out = marked(sharedOut);
                PrintStream err = marked(sharedErr)) {
            return run(out, err);
        } catch (IOException | TestbedException | DebianException e) {
            sharedErr.println("kvm4j: " + host.name() + ": " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private PrintStream marked(PrintStream shared) {
        return new PrintStream(new PrefixedLines(host.name() + " | ", shared), false, StandardCharsets.UTF_8);
    }
}
