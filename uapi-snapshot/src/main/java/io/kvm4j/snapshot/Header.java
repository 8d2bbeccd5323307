package io.kvm4j.snapshot;

/**
 * A header that a snapshot was extracted from.
 *
 * @param path the path as an {@code #include} spells it, for example {@code linux/kvm.h}
 * @param sha256 the SHA-256 of its bytes, in lower-case hexadecimal
 */
public record Header(String path, String sha256) {}
