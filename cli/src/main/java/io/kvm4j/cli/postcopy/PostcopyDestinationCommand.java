package io.kvm4j.cli.postcopy;

import io.kvm4j.Kvm;
import io.kvm4j.channel.Transport;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.Postcopy;
import java.io.IOException;
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

    @Mixin
    private final TransportOptions transport = new TransportOptions();

    @Option(
            names = "--connect",
            paramLabel = "ADDRESS",
            required = true,
            converter = AddressConverter.class,
            description = "Where the source listens, as it prints it: unix:PATH or HOST:PORT.")
    @SuppressWarnings("NullAway.Init")
    private PeerAddress source;

    /** Made by picocli. */
    PostcopyDestinationCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.watchParent();
        Transport connection = transport.transport(source, "--connect");
        try (Kvm kvm = device.open()) {
            System.out.printf("result %016x%n", Postcopy.destination(kvm, connection, options.settings(0)));
            return ExitCode.OK;
        }
    }
}
