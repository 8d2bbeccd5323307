package io.kvm4j.testbed.machine;

import io.kvm4j.headers.debian.ScratchDirectory;
import io.kvm4j.testbed.Machine;
import io.kvm4j.testbed.image.Job;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Boots a kernel in the emulator, lets it do one job, and says how that ended. Nothing stays: no process and no file.
 *
 * @param machine what is emulated
 * @param emulator the start of the command that emulates it
 * @param kernel what boots
 * @param archives the files that it has besides the job's, as cpio archives
 */
public record Emulation(Machine machine, List<String> emulator, Path kernel, List<Path> archives) {
    /** What a host that was orphaned may run on beyond its deadline. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final long LAST_MESSAGES_SECONDS = 2;

    public Emulation {
        emulator = List.copyOf(emulator);
        archives = List.copyOf(archives);
    }

    /**
     * Runs the job.
     *
     * @param out takes what its command prints, as it comes
     * @param err takes what its command complains about, as it comes
     */
    public Ending run(Job job, Settings settings, PrintStream out, PrintStream err) throws IOException {
        return run(job, settings, out, err, new HostProgress());
    }

    /** Does what {@link #run(Job, Settings, PrintStream, PrintStream)} does, and notes how far the host has come. */
    public Ending run(Job job, Settings settings, PrintStream out, PrintStream err, HostProgress progress)
            throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (ScratchDirectory scratch = ScratchDirectory.in(temporary, "kvm4j-testbed")) {
            Terminals terminals = new Terminals(out, err, progress);
            return run(job, settings, scratch.path(), terminals);
        }
    }

    /** Where a host prints to, and what takes notice of it. */
    private record Terminals(PrintStream out, PrintStream err, HostProgress progress) {}

    private Ending run(Job job, Settings settings, Path scratch, Terminals terminals) throws IOException {
        String end = UUID.randomUUID().toString();
        byte[] mark = ("\0" + end).getBytes(StandardCharsets.US_ASCII);
        Path files = scratch.resolve("files.cpio");
        try (OutputStream all = Files.newOutputStream(files)) {
            for (Path archive : archives) {
                Files.copy(archive, all);
            }
            job.write(all, end, settings.deadline().plus(GRACE));
        }
        HostProgress progress = terminals.progress();
        Console console = new Console(settings.showsConsole() ? terminals.err() : null, progress);
        try (Channel consoleChannel = Channel.listen("console", scratch);
                Channel outChannel = Channel.listen("out", scratch);
                Channel errChannel = Channel.listen("err", scratch);
                Channel resultsChannel = Channel.listen("results", scratch)) {
            CompletableFuture<?> messages = consoleChannel.read(in -> {
                console.read(in);
                return true;
            });
            CompletableFuture<?> printed = CompletableFuture.allOf(
                    outChannel.read(in -> new MarkedCopy(mark).copy(in, progress.watch(terminals.out()))),
                    errChannel.read(in -> new MarkedCopy(mark).copy(in, progress.watch(terminals.err()))));
            CompletableFuture<Results> results = resultsChannel.read(Results::read);
            List<String> command =
                    command(settings, files, consoleChannel, List.of(outChannel, errChannel, resultsChannel));
            return emulate(command, settings, new Streams(console, messages, printed, results, progress));
        }
    }

    /** What comes out of a host. */
    private record Streams(
            Console console,
            CompletableFuture<?> messages,
            CompletableFuture<?> printed,
            CompletableFuture<Results> results,
            HostProgress progress) {}

    private List<String> command(Settings settings, Path files, Channel console, List<Channel> channels) {
        List<String> command = new ArrayList<>(emulator);
        command.addAll(machine.arguments());
        // On one thread unless asked: code that is changed while another thread runs it breaks, HotSpot's and the
        // kernel's.
        command.addAll(List.of("-accel", "tcg,thread=" + (settings.isParallel() ? "multi" : "single")));
        command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"));
        command.addAll(List.of("-smp", String.valueOf(settings.cpus()), "-m", settings.memory() + "M"));
        command.addAll(List.of("-kernel", kernel.toString(), "-initrd", files.toString()));
        command.addAll(List.of("-append", kernelParameters()));
        command.addAll(List.of("-chardev", socket(console), "-serial", "chardev:" + console.name()));
        command.addAll(List.of("-device", "virtio-serial"));
        for (Channel channel : channels) {
            command.addAll(List.of("-chardev", socket(channel)));
            command.addAll(List.of("-device", "virtserialport,chardev=%1$s,name=%1$s".formatted(channel.name())));
        }
        return command;
    }

    private String kernelParameters() {
        List<String> parameters = new ArrayList<>(List.of("console=" + machine.serial(), "panic=-1"));
        parameters.addAll(machine.kernelParameters());
        return String.join(" ", parameters);
    }

    private static String socket(Channel channel) {
        return "socket,id=%s,path=%s".formatted(channel.name(), channel.path());
    }

    private Ending emulate(List<String> command, Settings settings, Streams streams) throws IOException {
        try (Emulator qemu = Emulator.start(machine, command)) {
            return await(qemu, settings, streams);
        }
    }

    private static Ending await(Emulator qemu, Settings settings, Streams streams) {
        CompletableFuture<Results> done = streams.results().thenCombine(streams.printed(), (results, _) -> results);
        try {
            CompletableFuture.anyOf(done, qemu.onExit()).get(settings.deadline().toMillis(), TimeUnit.MILLISECONDS);
            if (done.state() == Future.State.SUCCESS) {
                return ended(done.join(), streams.console());
            }
        } catch (TimeoutException _) {
            return new Ending.TimedOut(
                    settings.deadline().toSeconds(), streams.progress().description());
        } catch (ExecutionException _) {
            // A channel broke off: the host is about to end, or the emulator has crashed.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return died(qemu, streams);
    }

    /** The command has ended, and all that it left has come. */
    private static Ending ended(Results results, Console console) {
        if (results.crashReport().isPresent()) {
            return new Ending.JvmCrashed(crashCause(results.crashReport().get()));
        }
        if (results.status() != 0 && console.outOfMemory().isPresent()) {
            return new Ending.OutOfMemory(console.outOfMemory().get());
        }
        return new Ending.Exited(results);
    }

    /** The second line of substance in HotSpot's report, as in "SIGSEGV (0xb) at pc=…". */
    private static String crashCause(String report) {
        return report.lines()
                .map(line -> line.replaceFirst("^#\\s*", ""))
                .filter(line -> !line.isBlank())
                .skip(1)
                .findFirst()
                .orElse("its report is empty");
    }

    private static Ending died(Emulator qemu, Streams streams) {
        String cause = qemu.end();
        streams.messages()
                .orTimeout(LAST_MESSAGES_SECONDS, TimeUnit.SECONDS)
                .handle((_, _) -> null)
                .join();
        Console console = streams.console();
        return console.panic()
                .<Ending>map(reason -> new Ending.Panicked(reason))
                .orElseGet(() -> new Ending.Died(cause));
    }
}
