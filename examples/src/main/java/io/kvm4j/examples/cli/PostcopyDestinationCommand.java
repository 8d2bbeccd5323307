package io.kvm4j.examples.cli;

import io.kvm4j.Kvm;
import io.kvm4j.examples.Postcopy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvm4j postcopy destination}. */
@Command(
        name = "destination",
        description = {
            "Takes the guest from a source, and runs it to its end.",
            "While the source cannot be reached it says so and tries again, until Ctrl-C."
        },
        mixinStandardHelpOptions = true)
final class PostcopyDestinationCommand implements Callable<Integer> {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Mixin
    private final PostcopyOptions options = new PostcopyOptions();

    @Option(
            names = "--connect",
            paramLabel = "HOST:PORT",
            required = true,
            converter = AddressConverter.class,
            description = "Where the source listens.")
    @SuppressWarnings("NullAway.Init")
    private InetSocketAddress source;

    /** Made by picocli. */
    PostcopyDestinationCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.watchParent();
        try (Kvm kvm = device.open()) {
            System.out.printf("result %016x%n", Postcopy.destination(kvm, source, options.settings(0)));
            return ExitCode.OK;
        }
    }
}
