package io.kvm4j.channel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates that are made for a test by the JDK's keytool, in a directory that goes with it. */
public final class TestCertificates {
    private static final String PASSWORD = "for tests";
    private static final Base64.Encoder BASE64 =
            Base64.getMimeEncoder(64, "\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    private final Path directory;
    private final Path store;

    /** A certificate with its key, in PEM files. */
    public record Issued(Path chain, Path key, String fingerprint) {}

    /** @param directory an empty directory of the test */
    public TestCertificates(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("made-by-keytool.p12");
    }

    /** Makes an authority. */
    public Issued authority(String name) throws Exception {
        return make(name, "-ext", "bc:c");
    }

    /** Makes a certificate for localhost, signed by an authority that was made before. */
    public Issued issue(String name, String authority, String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-signer", authority, "-ext", "san=dns:localhost,ip:127.0.0.1,ip:::1"));
        arguments.addAll(List.of(more));
        return make(name, arguments.toArray(String[]::new));
    }

    /** Makes a certificate that vouches for itself. */
    public Issued selfSigned(String name) throws Exception {
        return make(name);
    }

    private Issued make(String name, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                name,
                "-dname",
                "CN=" + name));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        return export(name);
    }

    private Issued export(String name) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : keys.getCertificateChain(name)) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Key key = keys.getKey(name, PASSWORD.toCharArray());
        Path keyFile = directory.resolve(name + ".key");
        Files.createFile(keyFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(keyFile, pem("PRIVATE KEY", key.getEncoded()));
        Path chainFile = Files.writeString(directory.resolve(name + ".pem"), chain);
        return new Issued(
                chainFile, keyFile, Fingerprint.of((java.security.cert.X509Certificate) keys.getCertificate(name)));
    }

    /** Encodes a block of a PEM file. */
    static String pem(String label, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, BASE64.encodeToString(content), label);
    }
}
