package io.kvm4j.channel;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** The SHA-256 digest of a certificate, as keytool and openssl print it: pairs of hexadecimal digits and colons. */
final class Fingerprint {
    private static final HexFormat HEX = HexFormat.ofDelimiter(":").withUpperCase();
    private static final Pattern LABEL = Pattern.compile("(?i)^\\s*sha-?256( fingerprint)?\\s*[:=]");
    private static final Pattern DIGITS = Pattern.compile("[0-9A-F]{64}");

    private Fingerprint() {}

    static String of(X509Certificate certificate) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads what a person has typed or copied. */
    static String parse(String text) {
        String digits =
                LABEL.matcher(text).replaceFirst("").strip().replace(":", "").toUpperCase(Locale.ROOT);
        if (!DIGITS.matcher(digits).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a SHA-256 fingerprint of a certificate: 64 hexadecimal digits, as \"keytool -printcert -file CERTIFICATE\" prints them"
                            .formatted(OneLine.of(text)));
        }
        return HEX.formatHex(HexFormat.of().parseHex(digits));
    }
}
