package io.kvm4j.cli.postcopy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.ClearTcp;
import io.kvm4j.channel.MutualTls;
import io.kvm4j.channel.Transport;
import io.kvm4j.channel.UnixSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How the processes of a migration know each other, as it is said on the command line. */
@Timeout(300)
class TransportOptionsTest {
    @TempDir
    Path folder;

    /** A command with these options alone. */
    @Command
    static final class Connecting implements Callable<Integer> {
        @Mixin
        private final TransportOptions options = new TransportOptions();

        @Option(names = "--connect", converter = AddressConverter.class)
        private PeerAddress address;

        private Transport transport;

        @Override
        public Integer call() {
            transport = options.transport(address, "--connect");
            return 0;
        }
    }

    private static Transport transport(String... arguments) {
        Connecting command = new Connecting();
        new CommandLine(command).parseArgs(arguments);
        command.call();
        return command.transport;
    }

    private static String refusal(String arguments) {
        String message = assertThrows(ParameterException.class, () -> transport(arguments.split(" ")))
                .getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void clearTextNeedsThisHostOrAClearWord() {
        assertEquals(Path.of("/run/guest"), ((UnixSocket) transport("--connect=unix:/run/guest")).path());
        assertEquals("localhost:7000", ((ClearTcp) transport("--connect=localhost:7000")).toString());
        assertEquals(
                "192.0.2.1:7000 is not on this host, and without TLS everyone who reaches the port could take the guest: give --tls-cert, --tls-key and --tls-authority or --tls-peer, or accept that by --insecure",
                refusal("--connect=192.0.2.1:7000"));
        assertTrue(refusal("--connect=0.0.0.0:7000").startsWith("0.0.0.0:7000 is not on this host"));
        assertEquals(
                "192.0.2.1:7000",
                transport("--connect=192.0.2.1:7000", "--insecure").toString());
    }

    @ParameterizedTest
    @CsvSource({
        "--tls-cert=a, TLS needs both --tls-cert and --tls-key",
        "--tls-key=a, TLS needs both --tls-cert and --tls-key",
        "--tls-peer=00, TLS needs both --tls-cert and --tls-key",
        "--tls-cert=a --tls-key=b, TLS needs to know whom to trust: give --tls-authority or --tls-peer",
        "--tls-cert=a --insecure, '--insecure is for clear text: leave it out, or the --tls options'",
        "--tls-cert=/missing.pem --tls-key=b --tls-authority=c, there is no file /missing.pem",
    })
    void optionsThatDoNotGoTogetherAreRefused(String options, String message) {
        assertEquals(message, refusal("--connect=127.0.0.1:7000 " + options));
    }

    @Test
    void aUnixSocketNeedsNothingElse() {
        String message =
                "a Unix socket takes neither --tls options nor --insecure: its file's owner and mode protect it";
        assertEquals(message, refusal("--connect=unix:/run/guest --insecure"));
        assertEquals(message, refusal("--connect=unix:/run/guest --tls-authority=a"));
    }

    @Test
    void filesMakeCredentials() throws Exception {
        Path store = folder.resolve("store.p12");
        keytool("-genkeypair", "-keyalg", "EC", "-alias", "own", "-dname", "CN=own", "-keystore", store.toString());
        Path certificate = folder.resolve("own.pem");
        keytool("-exportcert", "-rfc", "-alias", "own", "-keystore", store.toString(), "-file", certificate.toString());
        KeyStore keys = KeyStore.getInstance(store.toFile(), "for tests".toCharArray());
        Path key = Files.writeString(
                folder.resolve("own.key"),
                "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                        .formatted(Base64.getMimeEncoder()
                                .encodeToString(keys.getKey("own", "for tests".toCharArray())
                                        .getEncoded())));
        String[] options = {
            "--connect=192.0.2.1:7000",
            "--tls-cert=" + certificate,
            "--tls-key=" + key,
            "--tls-authority=" + certificate
        };
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(
                "%s holds a private key, and other users can use it (mode 0644): chmod 600 %s".formatted(key, key),
                refusal(String.join(" ", options)));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertEquals("192.0.2.1:7000", ((MutualTls) transport(options)).toString());
        options[3] = "--tls-peer=AB:CD";
        assertTrue(refusal(String.join(" ", options)).startsWith("\"AB:CD\" is not a SHA-256 fingerprint"));
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-storepass", "for tests"));
        command.addAll(List.of(arguments));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), said);
    }
}
