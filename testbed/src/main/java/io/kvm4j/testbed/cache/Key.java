package io.kvm4j.testbed.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash of all inputs of a build. Not for use by several threads at once. */
public final class Key {
    private static final int LENGTH = 16;

    private final MessageDigest digest = sha256();

    /** Starts without an input. */
    public Key() {}

    /** Adds a text, told apart from its neighbours. */
    public Key add(String input) {
        return add(input.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds bytes, told apart from their neighbours. */
    public Key add(byte[] input) {
        digest.update((input.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(input);
        return this;
    }

    /** The hash of what was added, as short as it can be in a file's name. Called once. */
    public String hash() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
    }

    /** The SHA-256 of a file, in hex. */
    static String ofFile(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
