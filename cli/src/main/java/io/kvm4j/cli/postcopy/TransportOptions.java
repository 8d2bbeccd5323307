package io.kvm4j.cli.postcopy;

import io.kvm4j.channel.TlsCredentials;
import io.kvm4j.channel.Transport;
import io.kvm4j.cli.postcopy.PeerAddress.OnThisHost;
import io.kvm4j.cli.postcopy.PeerAddress.OverTcp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the two processes of {@code kvm4j postcopy} know each other. */
final class TransportOptions {
    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Encrypts the connection by TLS 1.3, and shows this certificate to the other end. A PEM file:"
                    + " the certificate, followed by those of intermediate authorities. Needs --tls-key, and"
                    + " --tls-authority or --tls-peer.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The certificate's private key: PEM, PKCS#8, not encrypted, and with no permissions for other"
                    + " users (chmod 600).")
    private @Nullable Path key;

    @Option(
            names = "--tls-authority",
            paramLabel = "FILE",
            description =
                    "Trusts peers whose certificate comes from an authority in this PEM file. Unless --tls-peer is"
                            + " given, the source's certificate must also be one for the host that --connect names. May be"
                            + " repeated.")
    private List<Path> authorities = new ArrayList<>();

    @Option(
            names = "--tls-peer",
            paramLabel = "FINGERPRINT",
            description = "Trusts only peers with this certificate, given by its SHA-256 fingerprint as 'keytool"
                    + " -printcert -file FILE' prints it. May be repeated.")
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--insecure",
            description = "Allows clear text to other hosts: everyone who reaches the port can take the guest, and"
                    + " everyone on the way can read and change its memory. Only for networks that are trusted as a"
                    + " whole.")
    private boolean insecure;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Made by picocli. */
    TransportOptions() {}

    /**
     * Returns what the options describe.
     *
     * @param option the name of the option that has the address
     * @throws ParameterException if they do not go together, or a file cannot be used
     */
    Transport transport(PeerAddress address, String option) {
        try {
            return switch (address) {
                case OnThisHost socket -> unix(socket);
                case OverTcp port -> tcp(port);
            };
        } catch (IOException | IllegalArgumentException e) {
            throw new ParameterException(
                    command.commandLine(), String.valueOf(e.getMessage()), command.findOption(option), null);
        }
    }

    private Transport unix(OnThisHost socket) {
        if (usesTls() || insecure) {
            throw new IllegalArgumentException(
                    "a Unix socket takes neither --tls options nor --insecure: its file's owner and mode protect it");
        }
        return Transport.unix(socket.path());
    }

    private Transport tcp(OverTcp port) throws IOException {
        if (usesTls()) {
            return Transport.tls(port.address(), credentials());
        }
        if (insecure) {
            return Transport.insecure(port.address());
        }
        if (!port.address().getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "%s:%d is not on this host, and without TLS everyone who reaches the port could take the guest: give --tls-cert, --tls-key and --tls-authority or --tls-peer, or accept that by --insecure"
                            .formatted(
                                    port.address().getHostString(),
                                    port.address().getPort()));
        }
        return Transport.loopback(port.address());
    }

    private boolean usesTls() {
        return certificate != null || key != null || !authorities.isEmpty() || !peers.isEmpty();
    }

    private TlsCredentials credentials() throws IOException {
        if (insecure) {
            throw new IllegalArgumentException("--insecure is for clear text: leave it out, or the --tls options");
        }
        if (certificate == null || key == null) {
            throw new IllegalArgumentException("TLS needs both --tls-cert and --tls-key");
        }
        if (authorities.isEmpty() && peers.isEmpty()) {
            throw new IllegalArgumentException("TLS needs to know whom to trust: give --tls-authority or --tls-peer");
        }
        TlsCredentials.Builder builder = TlsCredentials.builder().certificate(certificate, key);
        for (Path authority : authorities) {
            builder.authority(authority);
        }
        peers.forEach(builder::peer);
        return builder.build();
    }
}
