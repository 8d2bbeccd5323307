package io.kvm4j.testbed.cli;

import io.kvm4j.headers.debian.CacheDirectory;
import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.image.BuiltKernel;
import io.kvm4j.testbed.image.Images;
import io.kvm4j.testbed.image.Job;
import io.kvm4j.testbed.image.Project;
import io.kvm4j.testbed.machine.Emulation;
import io.kvm4j.testbed.machine.Ending;
import io.kvm4j.testbed.machine.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Boots hosts for the command line, and tells its user what takes long. */
final class Testbed {
    private static final String ANSWER = "info.json";
    private static final Settings QUESTION = new Settings(1, 1024, Duration.ofMinutes(2), false, false);

    private final Project project = Project.running();

    /** In the cache that the environment names. */
    private final Images images = new Images(CacheDirectory.of(System.getenv()).resolve("testbed"), Testbed::progress);

    Testbed() {}

    private static void progress(String line) {
        System.err.println("kvm4j: " + line);
    }

    Project project() {
        return project;
    }

    Images images() {
        return images;
    }

    /** What the host's KVM says of itself: as it was told before, or, the first time, by booting it. */
    HostKvm ask(Host host) throws IOException {
        return HostKvm.read(
                images.answers(host, "kvm", directory -> ask(host, directory)).resolve(ANSWER));
    }

    private void ask(Host host, Path directory) throws IOException {
        progress("booting " + host.name() + " to ask its KVM, once");
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(Files.newOutputStream(directory.resolve(ANSWER)));
                PrintStream err = new PrintStream(complaints, true, StandardCharsets.UTF_8)) {
            Ending ending = run(host, project.command(List.of("info", "--json")), QUESTION, out, err);
            if (ending.exitStatus() != 0) {
                List<String> lines = ending.explanation();
                throw new TestbedException("its KVM could not be asked: "
                        + (lines.isEmpty()
                                ? complaints.toString(StandardCharsets.UTF_8).strip()
                                : lines.getFirst()));
            }
        }
    }

    /** The host with all that it is made of, built now if need be. */
    Emulation build(Host host) throws IOException {
        BuiltKernel kernel = images.kernel(host);
        Path userSpace = images.userSpace(host, project.platformModules());
        return new Emulation(
                host.machine(), images.emulator(host), kernel.image(), List.of(userSpace, kernel.modules()));
    }

    /** Lets the host do the job. */
    Ending run(Host host, Job job, Settings settings, PrintStream out, PrintStream err) throws IOException {
        return build(host).run(job, settings, out, err);
    }

    /** Says how it ended, where the command itself didn't, and returns the exit status for it. */
    static int report(Host host, Ending ending) {
        List<String> lines = ending.explanation();
        for (int i = 0; i < lines.size(); i++) {
            System.err.println(i == 0 ? "kvm4j: " + host.name() + ": " + lines.get(i) : lines.get(i));
        }
        return ending.exitStatus();
    }
}
