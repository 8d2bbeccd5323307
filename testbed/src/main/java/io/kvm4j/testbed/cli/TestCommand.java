package io.kvm4j.testbed.cli;

import io.kvm4j.testbed.Hosts;
import io.kvm4j.testbed.image.Job;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvm4j testbed test}. */
@Command(
        name = "test",
        description = {
            "Runs the project's tests on hosts, several at once, and brings back Surefire's reports.",
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
        List<HostTest> tests = Hosts.namedOrAll(hostNames).stream()
                .map(host -> new HostTest(testbed, host, job, options.settings(), directory))
                .toList();
        return tests.size() == 1 ? tests.getFirst().run(System.out, System.err) : runAtOnce(tests);
    }

    /** An emulated host keeps one processor of this machine busy. One that fails stops no other. */
    private static int runAtOnce(List<HostTest> tests) throws IOException {
        int status = ExitCode.OK;
        try (ExecutorService pool = Executors.newFixedThreadPool(
                Math.min(tests.size(), Runtime.getRuntime().availableProcessors()))) {
            for (Future<Integer> running : tests.stream()
                    .map(t -> pool.submit(() -> t.runAmongOthers(System.out, System.err)))
                    .toList()) {
                int ended = running.get();
                status = status == ExitCode.OK ? ended : status;
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a test of a host failed in a way that it doesn't know", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while hosts were tested");
        }
        return status;
    }
}
