package io.kvm4j.channel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file in the textual encoding of RFC 7468: blocks of Base64 between {@code -----BEGIN …-----} and {@code -----END
 * …-----}, and any text between them.
 */
final class PemFile {
    private static final int LARGEST = 1 << 20;
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";

    private final Path path;
    private final List<Block> blocks;

    @SuppressWarnings("ArrayRecordComponent") // blocks are never compared
    private record Block(String label, byte[] content) {}

    private PemFile(Path path, List<Block> blocks) {
        this.path = path;
        this.blocks = blocks;
    }

    /** Reads a file, and refuses one that is none of this kind. */
    static PemFile read(Path path) throws IOException {
        String text = new String(bytes(path), StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        for (int at = 0; begin.find(at); ) {
            String label = begin.group(1);
            String mark = "-----END " + label + "-----";
            int end = text.indexOf(mark, begin.end());
            if (end < 0) {
                throw new IOException("%s is cut off: \"%s\" is missing".formatted(path, mark));
            }
            blocks.add(new Block(label, decode(path, label, text.substring(begin.end(), end))));
            at = end + mark.length();
        }
        if (blocks.isEmpty()) {
            throw new IOException("%s is not a PEM file: it has no line \"-----BEGIN …-----\"".formatted(path));
        }
        return new PemFile(path, blocks);
    }

    private static byte[] bytes(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException("%s is not a PEM file: it is larger than 1 MiB".formatted(path));
            }
            return bytes;
        } catch (IOException e) {
            throw ReadFailure.of(path, e);
        }
    }

    private static byte[] decode(Path path, String label, String body) throws IOException {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IOException("%s is damaged: its %s is not Base64".formatted(path, label), e);
        }
    }

    /** Returns all certificates, in the file's order, at least one. */
    List<X509Certificate> certificates() throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (block.label.equals(CERTIFICATE)) {
                certificates.add(certificate(block));
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException("%s has no certificate, but %s".formatted(path, labels()));
        }
        return certificates;
    }

    private X509Certificate certificate(Block block) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.content));
        } catch (CertificateException e) {
            throw new IOException("%s is damaged: a certificate cannot be read".formatted(path), e);
        }
    }

    /**
     * Returns the private key.
     *
     * @param algorithm that of the certificate
     */
    PrivateKey key(String algorithm) throws IOException {
        Optional<Block> key =
                blocks.stream().filter(block -> block.label.equals(KEY)).findFirst();
        if (key.isEmpty()) {
            boolean otherForm = blocks.stream().anyMatch(block -> block.label.endsWith(KEY));
            throw new IOException(
                    otherForm
                            ? "%s has %s, where an unencrypted PKCS#8 key is needed: convert it by \"openssl pkcs8 -topk8 -nocrypt\""
                                    .formatted(path, labels())
                            : "%s has no private key, but %s".formatted(path, labels()));
        }
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key.get().content));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the private key in %s cannot be read: it is damaged, or not an %s key like the certificate"
                            .formatted(path, algorithm),
                    e);
        }
    }

    private String labels() {
        return String.join(", ", blocks.stream().map(Block::label).distinct().toList());
    }
}
