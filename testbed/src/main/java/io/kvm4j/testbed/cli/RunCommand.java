package io.kvm4j.testbed.cli;

import io.kvm4j.testbed.Host;
import io.kvm4j.testbed.Hosts;
import io.kvm4j.testbed.TestbedException;
import io.kvm4j.testbed.image.Job;
import io.kvm4j.testbed.machine.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvm4j testbed run}. */
@Command(
        name = "run",
        description = {
            "Boots a host and runs a kvm4j command inside it, as root. Its output comes as it is written, and its exit"
                    + " status becomes this command's.",
            "With --app, COMMAND is a main class of your own and its arguments. The program finds kvm4j's jars on its class"
                    + " path, for example: kvm4j testbed run mainline --app target/classes -- my.Main",
            "A COMMAND that begins with exec runs what follows instead: a program of busybox, or java."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "2:this machine lacks what the host needs",
            "124:the deadline cut the host off",
            "125:the kernel inside panicked",
            "126:the host ended before its command did",
            "134:a JVM inside crashed",
            "137:the host ran out of memory",
            "*:COMMAND's own, otherwise"
        })
final class RunCommand implements Callable<Integer> {
    /** Names between slashes; none of them is "." or "..". */
    private static final Pattern PLACE =
            Pattern.compile("(?!\\.{1,2}(/|$))[^/\\p{Cntrl}]+(/(?!\\.{1,2}(/|$))[^/\\p{Cntrl}]+)*");

    @Parameters(index = "0", paramLabel = "HOST", description = "The host; kvm4j testbed list says which there are.")
    @SuppressWarnings("NullAway.Init")
    private String hostName;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "After a --: what to run.")
    @SuppressWarnings("NullAway.Init")
    private List<String> command;

    @Option(
            names = "--file",
            paramLabel = "NAME=PATH",
            description = "Copies a file or directory of this machine into the host, as /NAME there; may be repeated.")
    private Map<String, Path> files = new LinkedHashMap<>();

    @Option(
            names = "--app",
            paramLabel = "DIR",
            description = "Runs a program of your own: DIR holds its classes or its jars.")
    private @Nullable Path app;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Copies what the command leaves in the host's /results into DIR. It is where a program of --app"
                            + " runs.")
    private @Nullable Path out;

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    /** Made by picocli. */
    RunCommand() {}

    @Override
    public Integer call() throws IOException {
        Host host = Hosts.named(hostName);
        Ending ending;
        try (Testbed testbed = new Testbed()) {
            ending = testbed.show(host, job(testbed), options.settings());
        }
        if (out != null && ending instanceof Ending.Exited exited) {
            exited.results().writeTo(out);
        }
        return Testbed.report(host, ending);
    }

    private Job job(Testbed testbed) {
        files.forEach(RunCommand::requireFile);
        if (app != null) {
            if (!Files.isDirectory(app)) {
                throw new TestbedException("--app %s: there is no such directory".formatted(app));
            }
            return testbed.project().program(app, command).withFiles(files);
        }
        boolean isProgram = command.getFirst().equals("exec") && command.size() > 1;
        Job job = isProgram
                ? new Job(command.subList(1, command.size()), Map.of())
                : testbed.project().command(command);
        return job.withFiles(files);
    }

    private static void requireFile(String name, Path file) {
        if (!PLACE.matcher(name).matches()) {
            throw new TestbedException("--file %s=%s: the place in the host is relative and without '..'"
                    .formatted(name.replaceAll("[^\\x20-\\x7e]", "?"), file));
        }
        if (!Files.exists(file)) {
            throw new TestbedException("--file %s=%s: there is no such file".formatted(name, file));
        }
    }
}
