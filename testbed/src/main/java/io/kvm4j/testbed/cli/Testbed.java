package io.kvm4j.testbed.cli;

import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.cache.Cache;
import io.kvm4j.testbed.image.BuiltKernel;
import io.kvm4j.testbed.image.Images;
import io.kvm4j.testbed.image.Job;
import io.kvm4j.testbed.image.Project;
import io.kvm4j.testbed.machine.Emulation;
import io.kvm4j.testbed.machine.Ending;
import io.kvm4j.testbed.machine.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Boots hosts for the command line, and tells its user what takes long. */
final class Testbed {
    private final Project project = Project.running();
    private final Images images;

    /** Uses the cache that the environment names. */
    Testbed() {
        images = new Images(Cache.directory(System.getenv()), line -> System.err.println("kvm4j: " + line));
    }

    Project project() {
        return project;
    }

    Images images() {
        return images;
    }

    /** Lets the host do the job. */
    Ending run(Host host, Job job, Settings settings, PrintStream out, PrintStream err) throws IOException {
        BuiltKernel kernel = images.kernel(host);
        Path userSpace = images.userSpace(host, project.platformModules());
        Emulation emulation = new Emulation(
                host.machine(), images.emulator(host), kernel.image(), List.of(userSpace, kernel.modules()));
        return emulation.run(job, settings, out, err);
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
