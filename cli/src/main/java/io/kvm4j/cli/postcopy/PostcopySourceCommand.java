package io.kvm4j.cli.postcopy;

import io.kvm4j.Kvm;
import io.kvm4j.channel.Transport;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.cli.postcopy.PeerAddress.OnThisHost;
import io.kvm4j.examples.Postcopy;
import io.kvm4j.migration.GuestOwner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvm4j postcopy source}. */
@Command(
        name = "source",
        description = {
            "Runs the guest, and hands it over to the destination that connects.",
            "If this process dies, start it again with the same address and directory: before the hand-over the guest"
                    + " boots anew; after it the guest never runs here again, and its memory is served.",
            "A guest that was handed over and whose destination has died is lost; remove the directory to start anew."
        },
        mixinStandardHelpOptions = true)
final class PostcopySourceCommand implements Callable<Integer> {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Mixin
    private final WorkOptions work = new WorkOptions();

    @Mixin
    private final PostcopyOptions options = new PostcopyOptions();

    @Mixin
    private final TransportOptions transport = new TransportOptions();

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            converter = AddressConverter.class,
            description = "Where destinations find it: unix:PATH, a socket that only this user can open, or HOST:PORT"
                    + " (port 0 is any that is free), which needs TLS, --insecure or a loopback address such as"
                    + " 127.0.0.1. Default: unix:DIR/socket, in the directory of --serve.")
    private @Nullable PeerAddress listen;

    @Option(
            names = "--serve",
            paramLabel = "DIR",
            required = true,
            description = "Keeps the guest's memory, and whose the guest is.")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Option(
            names = "--undecided",
            paramLabel = "OWNER",
            description = "Decides who owns the guest if the record of its hand-over can neither be written nor read:"
                    + " source or destination. Without it the guest stays stopped until the record can be read.")
    private @Nullable GuestOwner undecided;

    /** Made by picocli. */
    PostcopySourceCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.watchParent();
        PeerAddress address = listen == null ? new OnThisHost(directory.resolve("socket")) : listen;
        Transport destinations = transport.transport(address, "--listen");
        try (Kvm kvm = device.open()) {
            Postcopy.source(kvm, work.work(), directory, destinations, options.settings(work.delayMicros()), undecided);
            return ExitCode.OK;
        }
    }
}
