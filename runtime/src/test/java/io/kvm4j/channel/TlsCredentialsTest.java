package io.kvm4j.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.TestCertificates.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each file that cannot be used is refused with one line that names it. */
@Timeout(300)
class TlsCredentialsTest {
    @TempDir
    static Path folder;

    private static Issued own;
    private static Issued other;

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestCertificates certificates = new TestCertificates(folder);
        own = certificates.selfSigned("own");
        other = certificates.selfSigned("other");
    }

    private static String refusal(Path chain, Path key) {
        String message = assertThrows(
                        IOException.class, () -> TlsCredentials.builder().certificate(chain, key))
                .getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void missingFilesAreNamed() {
        Path missing = folder.resolve("missing.pem");
        assertEquals("there is no file " + missing, refusal(missing, own.key()));
        assertEquals("there is no file " + missing, refusal(own.chain(), missing));
        assertEquals(
                "there is no file " + missing,
                assertThrows(IOException.class, () -> TlsCredentials.builder().authority(missing))
                        .getMessage());
        assertEquals(
                "there is no file " + missing,
                assertThrows(IOException.class, () -> TlsCredentials.builder().keyStore(missing, new char[0]))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({"rw-r-----, 0640", "rw----r--, 0604", "rw-------, ''", "rw--w----, 0620"})
    void aKeyThatOthersCanUseIsRefused(String permissions, String mode) throws Exception {
        Path key = Files.copy(own.key(), folder.resolve("key of mode " + mode));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
        if (mode.isEmpty()) {
            TlsCredentials.builder().certificate(own.chain(), key);
        } else {
            assertEquals(
                    "%s holds a private key, and other users can use it (mode %s): chmod 600 %s"
                            .formatted(key, mode, key),
                    refusal(own.chain(), key));
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        assertEquals(
                "the private key in %s does not belong to the first certificate in %s"
                        .formatted(other.key(), own.chain()),
                refusal(own.chain(), other.key()));
    }

    @Test
    void filesInTheWrongPlaceAreNamed() throws Exception {
        assertEquals(own.key() + " has no certificate, but PRIVATE KEY", refusal(own.key(), own.key()));
        Path key = secret("a certificate", Files.readString(own.chain()));
        assertEquals(key + " has no private key, but CERTIFICATE", refusal(own.chain(), key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void aKeyInAnotherFormIsRefusedWithAdvice(String label) throws Exception {
        Path key = secret(label, TestCertificates.pem(label, new byte[10]));
        assertEquals(
                "%s has %s, where an unencrypted PKCS#8 key is needed: convert it by \"openssl pkcs8 -topk8 -nocrypt\""
                        .formatted(key, label),
                refusal(own.chain(), key));
    }

    @Test
    void damagedFilesAreRefused() throws Exception {
        String chain = Files.readString(own.chain());
        Path file = folder.resolve("damaged");
        Files.writeString(file, chain.substring(0, chain.length() - 30));
        assertEquals(file + " is cut off: \"-----END CERTIFICATE-----\" is missing", refusal(file, own.key()));
        Files.writeString(file, chain.replaceFirst("M", "*"));
        assertEquals(file + " is damaged: its CERTIFICATE is not Base64", refusal(file, own.key()));
        Files.writeString(file, TestCertificates.pem("CERTIFICATE", new byte[20]));
        assertEquals(file + " is damaged: a certificate cannot be read", refusal(file, own.key()));
        Files.writeString(file, "");
        assertEquals(file + " is not a PEM file: it has no line \"-----BEGIN …-----\"", refusal(file, own.key()));
        Files.write(file, new byte[(1 << 20) + 1]);
        assertEquals(file + " is not a PEM file: it is larger than 1 MiB", refusal(file, own.key()));
        assertTrue(refusal(folder, own.key()).contains(folder.toString()));
        Path key = secret("damaged key", TestCertificates.pem("PRIVATE KEY", new byte[20]));
        assertEquals(
                "the private key in %s cannot be read: it is damaged, or not an EC key like the certificate"
                        .formatted(key),
                refusal(own.chain(), key));
    }

    @Test
    void keyStoresServeAsWell() throws Exception {
        Path both = folder.resolve("made-by-keytool.p12");
        Files.setPosixFilePermissions(both, PosixFilePermissions.fromString("rw-------"));
        assertEquals(
                both + " holds 2 private keys, where one is needed",
                assertThrows(
                                IOException.class,
                                () -> TlsCredentials.builder().keyStore(both, "for tests".toCharArray()))
                        .getMessage());
        assertEquals(
                both + " cannot be read: keystore password was incorrect",
                assertThrows(IOException.class, () -> TlsCredentials.builder().keyStore(both, "wrong".toCharArray()))
                        .getMessage());
        Path one = folder.resolve("one");
        Files.createDirectory(one);
        new TestCertificates(one).selfSigned("only");
        Path store = one.resolve("made-by-keytool.p12");
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));
        TlsCredentials.builder()
                .keyStore(store, "for tests".toCharArray())
                .authority(other.chain())
                .build();
        assertEquals(
                store + " holds no certificate of an authority",
                assertThrows(
                                IOException.class,
                                () -> TlsCredentials.builder().trustStore(store, "for tests".toCharArray()))
                        .getMessage());
    }

    @Test
    void somebodyMustBeTrusted() throws Exception {
        TlsCredentials.Builder builder = TlsCredentials.builder().certificate(own.chain(), own.key());
        assertEquals(
                "TLS needs to know whom to trust: an authority, or a peer's fingerprint",
                assertThrows(IllegalStateException.class, builder::build).getMessage());
        assertEquals(
                "TLS needs a certificate and a private key of this end",
                assertThrows(
                                IllegalStateException.class,
                                TlsCredentials.builder().authority(own.chain())::build)
                        .getMessage());
        for (String wrong : new String[] {"", "AB:CD", "x".repeat(64), own.fingerprint() + "00"}) {
            assertThrows(IllegalArgumentException.class, () -> builder.peer(wrong), wrong);
        }
        builder.peer("sha256 Fingerprint=" + other.fingerprint()).build();
    }
}
