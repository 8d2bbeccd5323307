package io.kvm4j.channel;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Says in one line why TLS failed. */
final class TlsRefusal {
    private static final Pattern ALERT = Pattern.compile("\\(?(?:Received fatal alert: )(\\w+)\\)?");

    /** What the other end means by an alert (RFC 8446, section 6.2). */
    private static final Map<String, String> ALERTS = Map.of(
            "bad_certificate", "this end's certificate is not one that it trusts",
            "certificate_unknown", "this end's certificate is not one that it trusts",
            "unknown_ca", "this end's certificate comes from an authority that it does not know",
            "certificate_expired", "this end's certificate has expired, or is not valid yet",
            "certificate_revoked", "this end's certificate was revoked",
            "unsupported_certificate", "this end's certificate is not made for this use",
            "certificate_required", "this end has shown no certificate",
            "protocol_version", "it does not speak TLS 1.3",
            "handshake_failure", "it cannot agree on a handshake");

    private TlsRefusal() {}

    /** Explains a failed handshake: a refusal, or a connection that broke. */
    static IOException explain(SSLException failure, Peer peer) {
        if (isBreak(failure)) {
            return new IOException("the connection broke within the TLS handshake", failure);
        }
        Matcher alert = ALERT.matcher(String.valueOf(failure.getMessage()));
        if (alert.find()) {
            String name = alert.group(1);
            return new PeerRefusedException(
                    "%s refuses this end: %s (%s)"
                            .formatted(peer, ALERTS.getOrDefault(name, "it reports a failure of TLS"), name),
                    failure);
        }
        return new PeerRefusedException("%s is refused: %s".formatted(peer, reason(failure)), failure);
    }

    /** Explains a connection that broke after the handshake. */
    static IOException broken(SSLException failure) {
        if (isBreak(failure)) {
            return new IOException("the connection broke", failure);
        }
        return new IOException(
                "the TLS connection failed: " + OneLine.of(String.valueOf(failure.getMessage())), failure);
    }

    /** A channel's socket reports a broken pipe as a plain IOException, where others throw a SocketException. */
    private static boolean isBreak(SSLException failure) {
        return failure.getCause() instanceof IOException && !(failure.getCause() instanceof SSLException);
    }

    private static String reason(SSLException failure) {
        String message = String.valueOf(failure.getMessage());
        if (find(failure, CertificateExpiredException.class) != null) {
            return "its certificate has expired";
        }
        if (find(failure, CertificateNotYetValidException.class) != null) {
            return "its certificate is not valid yet";
        }
        if (find(failure, CertPathBuilderException.class) != null
                || find(failure, CertPathValidatorException.class) != null) {
            return "its certificate does not come from an authority that this end trusts";
        }
        CertificateException certificate = find(failure, CertificateException.class);
        if (certificate != null) {
            String text = OneLine.of(String.valueOf(certificate.getMessage()));
            return text.startsWith("No name matching") || text.startsWith("No subject alternative")
                    ? "its certificate is for another host (%s)".formatted(text)
                    : text;
        }
        if (find(failure, AEADBadTagException.class) != null) {
            return "what it sends does not belong to this connection, as in a replay";
        }
        if (message.contains("Empty client certificate chain")) {
            return "it has shown no certificate";
        }
        if (message.contains("Unsupported or unrecognized SSL message") || message.contains("plaintext connection")) {
            return "it does not speak TLS";
        }
        if (message.contains("protocol") && failure instanceof SSLHandshakeException) {
            return "it does not speak TLS 1.3 (%s)".formatted(OneLine.of(message));
        }
        return OneLine.of(message);
    }

    private static <T> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
        }
        return null;
    }
}
