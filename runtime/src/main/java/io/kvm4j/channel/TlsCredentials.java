package io.kvm4j.channel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who an end of a TLS connection is, and whom it trusts. Immutable; files are read once, while it is built.
 *
 * <pre>{@code
 * TlsCredentials credentials = TlsCredentials.builder()
 *         .certificate(Path.of("host-a.pem"), Path.of("host-a.key"))
 *         .authority(Path.of("authority.pem"))
 *         .build();
 * }</pre>
 *
 * <p>Peers are trusted by authority ({@link Builder#authority}, {@link Builder#trustStore}), by fingerprint
 * ({@link Builder#peer}), or must satisfy both where both are given. Their certificates must be valid at the time of the
 * handshake. Revocation lists are not consulted: remove an authority or a fingerprint instead, or use certificates that
 * expire soon. Certificates that name an extended key usage must name that of their end, server or client.
 */
public final class TlsCredentials {
    private final OwnIdentity identity;
    private final PeerTrustManager trust;
    private final boolean pinsPeers;

    private TlsCredentials(OwnIdentity identity, PeerTrustManager trust, boolean pinsPeers) {
        this.identity = identity;
        this.trust = trust;
        this.pinsPeers = pinsPeers;
    }

    /** Starts to describe credentials. */
    public static Builder builder() {
        return new Builder();
    }

    boolean pinsPeers() {
        return pinsPeers;
    }

    /** Makes a context without any sessions. */
    SSLContext newContext() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {identity}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this JDK has no TLS: " + e.getMessage(), e);
        }
    }

    /** Describes credentials. For one thread. */
    public static final class Builder {
        private final List<X509Certificate> authorities = new ArrayList<>();
        private final Set<String> fingerprints = new HashSet<>();
        private @Nullable OwnIdentity identity;

        private Builder() {}

        /**
         * Sets this end's certificate, in PEM files.
         *
         * @param chain the certificate, followed by those of intermediate authorities
         * @param key its private key, PKCS#8 without encryption; other users must not have any permission on the file
         * @throws IOException if a file cannot be read or used, with a message that names it
         */
        public Builder certificate(Path chain, Path key) throws IOException {
            List<X509Certificate> certificates = PemFile.read(chain).certificates();
            SecretFile.require(key);
            X509Certificate own = certificates.getFirst();
            PrivateKey secret = PemFile.read(key).key(own.getPublicKey().getAlgorithm());
            if (!KeyPairCheck.matches(own.getPublicKey(), secret)) {
                throw new IOException(
                        "the private key in %s does not belong to the first certificate in %s".formatted(key, chain));
            }
            identity = new OwnIdentity(secret, certificates);
            return this;
        }

        /**
         * Sets this end's certificate: the only private key of a key store, PKCS #12 or JKS.
         *
         * @param password that of the store and of the key
         * @throws IOException if the store cannot be read, or does not hold exactly one private key
         */
        public Builder keyStore(Path path, char[] password) throws IOException {
            SecretFile.require(path);
            KeyStore store = load(path, password);
            try {
                List<String> keys = new ArrayList<>();
                for (String alias : Collections.list(store.aliases())) {
                    if (store.isKeyEntry(alias)) {
                        keys.add(alias);
                    }
                }
                if (keys.size() != 1 || !(store.getKey(keys.getFirst(), password) instanceof PrivateKey key)) {
                    throw new IOException("%s holds %d private keys, where one is needed".formatted(path, keys.size()));
                }
                List<X509Certificate> chain = new ArrayList<>();
                for (Certificate certificate : store.getCertificateChain(keys.getFirst())) {
                    chain.add((X509Certificate) certificate);
                }
                identity = new OwnIdentity(key, chain);
                return this;
            } catch (GeneralSecurityException e) {
                throw new IOException("the private key in %s cannot be read: %s".formatted(path, e.getMessage()), e);
            }
        }

        /**
         * Trusts the certificates of authorities.
         *
         * @param path their certificates, in a PEM file
         * @throws IOException if the file cannot be read or used, with a message that names it
         */
        public Builder authority(Path path) throws IOException {
            authorities.addAll(PemFile.read(path).certificates());
            return this;
        }

        /**
         * Trusts the certificates of authorities.
         *
         * @param path a key store with their certificates, PKCS #12 or JKS
         * @throws IOException if it cannot be read, or holds no certificate
         */
        public Builder trustStore(Path path, char[] password) throws IOException {
            KeyStore store = load(path, password);
            try {
                int before = authorities.size();
                for (String alias : Collections.list(store.aliases())) {
                    if (store.isCertificateEntry(alias)) {
                        authorities.add((X509Certificate) store.getCertificate(alias));
                    }
                }
                if (authorities.size() == before) {
                    throw new IOException("%s holds no certificate of an authority".formatted(path));
                }
                return this;
            } catch (GeneralSecurityException e) {
                throw new IOException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
            }
        }

        /**
         * Trusts one certificate, by its fingerprint. May be called for several.
         *
         * @param fingerprint the SHA-256 digest of the certificate: 64 hexadecimal digits, with colons or without
         * @throws IllegalArgumentException if it is none
         */
        public Builder peer(String fingerprint) {
            fingerprints.add(Fingerprint.parse(fingerprint));
            return this;
        }

        /**
         * Builds the credentials.
         *
         * @throws IllegalStateException if there is no certificate, or no peer is trusted
         */
        public TlsCredentials build() throws IOException {
            if (identity == null) {
                throw new IllegalStateException("TLS needs a certificate and a private key of this end");
            }
            if (authorities.isEmpty() && fingerprints.isEmpty()) {
                throw new IllegalStateException(
                        "TLS needs to know whom to trust: an authority, or a peer's fingerprint");
            }
            PeerTrustManager trust = new PeerTrustManager(
                    authorities.isEmpty() ? null : trusting(authorities), Set.copyOf(fingerprints));
            return new TlsCredentials(identity, trust, !fingerprints.isEmpty());
        }

        private static KeyStore load(Path path, char[] password) throws IOException {
            try (InputStream in = Files.newInputStream(path)) {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(in, password);
                return store;
            } catch (IOException e) {
                throw ReadFailure.of(path, e);
            } catch (GeneralSecurityException e) {
                throw new IOException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
            }
        }

        private static X509ExtendedTrustManager trusting(List<X509Certificate> authorities) throws IOException {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                for (int i = 0; i < authorities.size(); i++) {
                    store.setCertificateEntry("authority" + i, authorities.get(i));
                }
                TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
                factory.init(store);
                return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
            } catch (GeneralSecurityException e) {
                throw new IOException("the authorities cannot be used: " + e.getMessage(), e);
            }
        }
    }
}
