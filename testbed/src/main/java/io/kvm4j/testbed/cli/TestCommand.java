package io.kvm4j.testbed.cli;

import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.Hosts;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.image.Job;
import io.kvm4j.testbed.machine.Ending;
import io.kvm4j.testbed.machine.Results;
import io.kvm4j.testbed.report.SurefireReports;
import io.kvm4j.testbed.report.SurefireReports.Counts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvm4j testbed test}. */
@Command(
        name = "test",
        description = {
            "Runs the project's tests on hosts, one after the other, and brings back Surefire's reports.",
            "The tests are those that mvn verify has compiled."
        },
        mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
    @Parameters(index = "0..*", paramLabel = "HOST", description = "The hosts; all of them if none is named.")
    private List<String> hostNames = List.of();

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            defaultValue = "kvm",
            description = "Which tests to run (${DEFAULT-VALUE}); smoke is a small part of these.")
    @SuppressWarnings("NullAway.Init")
    private String tag;

    @Option(
            names = "--reports",
            paramLabel = "DIRECTORY",
            description = "Where the reports go (testbed/target/surefire-reports).")
    @SuppressWarnings("NullAway.Init")
    private Path reports;

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    /** Made by picocli. */
    TestCommand() {}

    @Override
    public Integer call() throws IOException {
        Testbed testbed = new Testbed();
        Path home = Path.of(System.getProperty("kvm4j.home", ""));
        Job job = testbed.project().tests(home, tag);
        Path directory = reports == null ? home.resolve("testbed/target/surefire-reports") : reports;
        int status = ExitCode.OK;
        for (Host host : hosts()) {
            int ended = test(testbed, host, job, directory);
            status = status == ExitCode.OK ? ended : status;
        }
        return status;
    }

    private List<Host> hosts() {
        return hostNames.isEmpty()
                ? Hosts.all()
                : hostNames.stream().map(Hosts::named).toList();
    }

    private int test(Testbed testbed, Host host, Job job, Path directory) throws IOException {
        long start = System.nanoTime();
        Ending ending = testbed.run(host, job, options.settings(), System.out, System.err);
        if (!(ending instanceof Ending.Exited(Results(int status, Map<String, byte[]> files)))) {
            return Testbed.report(host, ending);
        }
        byte[] report = files.get("TEST-junit-jupiter.xml");
        if (report == null) {
            throw new TestbedException(host.name() + ": the tests ended with status " + status + " and no report");
        }
        Counts counts = new SurefireReports(host.name(), directory).write(report);
        System.out.printf(
                "%s: %d passed, %d failed, %d skipped in %d s%n",
                host.name(),
                counts.passed(),
                counts.failed(),
                counts.skipped(),
                Duration.ofNanos(System.nanoTime() - start).toSeconds());
        return status;
    }
}
