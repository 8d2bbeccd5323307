package io.kvm4j.cli.postcopy;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.Postcopy.Work;
import io.kvm4j.fault.FaultStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvm4j postcopy}. */
@Command(
        name = "postcopy",
        description = {
            "Runs a guest that moves from one process to another while it runs, and whose memory follows.",
            "Starts both processes by itself; the subcommands are them, for a terminal each."
        },
        mixinStandardHelpOptions = true,
        subcommands = {PostcopySourceCommand.class, PostcopyDestinationCommand.class})
public final class PostcopyCommand implements Callable<Integer> {
    private static final String SOURCE = "source";
    private static final String LISTENING = "listening on ";
    private static final String RESULT = "result ";

    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Mixin
    private final WorkOptions work = new WorkOptions();

    @Mixin
    private final PostcopyOptions options = new PostcopyOptions();

    @Option(
            names = "--kill-source",
            description = "Kills the source when the destination has the guest, and starts it again when the guest has"
                    + " paused. Best with --delay.")
    private boolean killsSource;

    // What Ctrl-C has to clean up.
    private final List<Role> roles = new CopyOnWriteArrayList<>();
    private @Nullable Path directory;

    /** Made by picocli. */
    PostcopyCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Work guestsWork = work.work();
        requireKvm();
        Runtime.getRuntime().addShutdownHook(new Thread(this::cleanUp));
        directory = Files.createTempDirectory("kvm4j-postcopy");
        return move(directory, guestsWork);
    }

    /** Says here, once and in one line, what both processes would say. */
    private void requireKvm() {
        try (Kvm kvm = device.open()) {
            FaultStrategy.best(kvm);
        }
    }

    private int move(Path shared, Work guestsWork) throws IOException, InterruptedException {
        Role source = startSource(shared, AddressConverter.UNIX + shared.resolve("socket"));
        String listening = source.awaitLine(LISTENING);
        if (listening == null || source.awaitLine("pass ") == null) {
            return ExitCode.SOFTWARE;
        }
        String address = listening.substring(LISTENING.length());
        Role destination = start("destination", List.of("destination", "--connect", address), List.of());
        if (killsSource && destination.awaitLine("the guest is ours") != null) {
            source.kill();
            System.out.println("The source was killed.");
            if (destination.awaitLine("paused: ") != null) {
                source = startSource(shared, address);
            }
        }
        endWithoutMove(source, destination);
        int status = destination.join();
        String result = destination.awaitLine(RESULT);
        if (status != ExitCode.OK || result == null) {
            return ExitCode.SOFTWARE;
        }
        source.join();
        String expected = RESULT + "%016x".formatted(guestsWork.expected());
        boolean same = result.equals(expected);
        System.out.println(
                same
                        ? "The result is that of a guest that never moved."
                        : "The result of a guest that never moved is another: " + expected);
        return same ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Ends the destination if the guest ends at the source: nothing is left to move, and it would wait for ever. */
    private static void endWithoutMove(Role source, Role destination) {
        Thread.ofVirtual().start(() -> {
            try {
                if (source.awaitLine(RESULT) != null) {
                    System.out.println("The guest ended before it could move.");
                    destination.kill();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Role startSource(Path shared, String address) throws IOException {
        List<String> arguments = List.of(SOURCE, "--listen", address, "--serve", shared.toString());
        return start(SOURCE, arguments, work.forChild());
    }

    private Role start(String name, List<String> arguments, List<String> more) throws IOException {
        List<String> command = new ArrayList<>(thisCommand());
        command.add("postcopy");
        command.addAll(arguments);
        command.addAll(more);
        // The guest shall not be done before the destination's process has started.
        command.addAll(options.forChild(name.equals(SOURCE) ? 20 : 1));
        command.addAll(List.of("--device", device.path().toString()));
        Role role = Role.start(name, command, System.out);
        roles.add(role);
        return role;
    }

    /** The command that started this process, up to its main class: the same JVM with the same options. */
    private static List<String> thisCommand() throws IOException {
        String line = Files.readString(Path.of("/proc/self/cmdline"));
        List<String> words = new ArrayList<>(List.of(line.split("\0", -1)));
        int module = Math.max(words.indexOf("--module"), words.indexOf("-m"));
        if (module < 0) {
            throw new IllegalStateException("this process was not started by its module: " + words);
        }
        words.set(0, ProcessHandle.current().info().command().orElseThrow());
        return words.subList(0, module + 2);
    }

    private void cleanUp() {
        roles.forEach(Role::close);
        if (directory != null) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                System.err.println("kvm4j: cannot remove " + directory + ": " + e.getMessage());
            }
        }
    }
}
