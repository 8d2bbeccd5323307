package io.kvm4j.channel;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts certificates of authorities, or with one of several fingerprints; where both are given, both must hold. */
final class PeerTrustManager extends X509ExtendedTrustManager {
    private final @Nullable X509ExtendedTrustManager authorities;
    private final Set<String> fingerprints;

    PeerTrustManager(@Nullable X509ExtendedTrustManager authorities, Set<String> fingerprints) {
        this.authorities = authorities;
        this.fingerprints = fingerprints;
    }

    /** The check of the authorities. */
    private interface Check {
        void by(X509ExtendedTrustManager authorities) throws CertificateException;
    }

    private void check(X509Certificate[] chain, Check check) throws CertificateException {
        chain[0].checkValidity();
        if (authorities != null) {
            check.by(authorities);
        }
        if (!fingerprints.isEmpty() && !fingerprints.contains(Fingerprint.of(chain[0]))) {
            throw new CertificateException(
                    "its certificate is another one, with the SHA-256 fingerprint " + Fingerprint.of(chain[0]));
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain, authorities -> authorities.checkClientTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain, authorities -> authorities.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain, authorities -> authorities.checkClientTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain, authorities -> authorities.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain, authorities -> authorities.checkClientTrusted(chain, type));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain, authorities -> authorities.checkServerTrusted(chain, type));
    }

    /** Names nobody, so that a peer shows the certificate that it has, and can be told what is wrong with it. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
