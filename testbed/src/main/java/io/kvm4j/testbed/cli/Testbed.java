package io.kvm4j.testbed.cli;

import io.kvm4j.headers.debian.CacheDirectory;
import io.kvm4j.headers.program.LiveProgress;
import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.image.BuiltKernel;
import io.kvm4j.testbed.image.Images;
import io.kvm4j.testbed.image.Job;
import io.kvm4j.testbed.image.Project;
import io.kvm4j.testbed.machine.Emulation;
import io.kvm4j.testbed.machine.Ending;
import io.kvm4j.testbed.machine.HostProgress;
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
final class Testbed implements AutoCloseable {
    private static final String ANSWER = "info.json";
    private static final Settings QUESTION = new Settings(1, 1024, Duration.ofMinutes(2), false, false);

    private final Project project = Project.running();

    /** In the cache that the environment names. */
    private final Images images;

    private final LiveProgress progress = LiveProgress.onStandardError();

    Testbed() {
        images = new Images(CacheDirectory.of(System.getenv()).resolve("testbed"), progress::begin);
    }

    Project project() {
        return project;
    }

    Images images() {
        return images;
    }

    /** What the host's KVM says of itself: as it was told before, or, the first time, by booting it. */
    HostKvm ask(Host host) throws IOException {
        try {
            return HostKvm.read(images.answers(host, "kvm", directory -> ask(host, directory))
                    .resolve(ANSWER));
        } finally {
            progress.clear();
        }
    }

    private void ask(Host host, Path directory) throws IOException {
        progress.begin("booting " + host.name() + " to ask its KVM, once");
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
        try {
            BuiltKernel kernel = images.kernel(host);
            Path userSpace = images.userSpace(host, project.platformModules());
            return new Emulation(
                    host.machine(), images.emulator(host), kernel.image(), List.of(userSpace, kernel.modules()));
        } finally {
            progress.clear();
        }
    }

    /** Lets the host do the job. */
    Ending run(Host host, Job job, Settings settings, PrintStream out, PrintStream err) throws IOException {
        return build(host).run(job, settings, out, err);
    }

    /** Lets the host do the job, and shows on a terminal how far it has come until it prints something. */
    Ending show(Host host, Job job, Settings settings) throws IOException {
        Emulation emulation = build(host);
        if (settings.showsConsole()) {
            return emulation.run(job, settings, System.out, System.err);
        }
        progress.beginBriefly(host.name() + ": booting");
        try {
            return emulation.run(job, settings, System.out, System.err, new HostProgress(new HostProgress.Listener() {
                @Override
                public void booted() {
                    progress.beginBriefly(host.name() + ": starting the command");
                }

                @Override
                public void printed() {
                    progress.clear();
                }
            }));
        } finally {
            progress.clear();
        }
    }

    @Override
    public void close() {
        progress.close();
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
