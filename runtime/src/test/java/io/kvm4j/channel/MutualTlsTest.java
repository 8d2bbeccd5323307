package io.kvm4j.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.channel.TestCertificates.Issued;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ends that know each other talk; each other peer is refused with one line. */
@Timeout(300)
class MutualTlsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String TRUSTS_NOT = "its certificate does not come from an authority that this end trusts";

    @TempDir
    static Path folder;

    private static Issued authority;
    private static Issued listening;
    private static Issued connecting;
    private static Issued expired;
    private static Issued notYetValid;
    private static Issued ofOtherHost;
    private static Issued otherAuthority;
    private static Issued ofOtherAuthority;

    private Listener listener;

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestCertificates certificates = new TestCertificates(folder);
        authority = certificates.authority("authority");
        listening = certificates.issue("listening", "authority");
        connecting = certificates.issue("connecting", "authority");
        expired = certificates.issue("expired", "authority", "-startdate", "-10d", "-validity", "5");
        notYetValid = certificates.issue("notyet", "authority", "-startdate", "+10d");
        ofOtherHost = certificates.selfSigned("elsewhere");
        otherAuthority = certificates.authority("other");
        ofOtherAuthority = certificates.issue("stranger", "other");
    }

    @BeforeEach
    void listen() throws IOException {
        listener = tls(0, listening, authority).listen();
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private static TlsCredentials credentials(Issued own, Issued trusted) throws IOException {
        return TlsCredentials.builder()
                .certificate(own.chain(), own.key())
                .authority(trusted.chain())
                .build();
    }

    private static MutualTls tls(int port, Issued own, Issued trusted) throws IOException {
        return Transport.tls(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials(own, trusted));
    }

    private int port() {
        return ((InetSocketAddress) listener.address()).getPort();
    }

    private static <T> FutureTask<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().daemon().start(future);
        return future;
    }

    private static <T> T get(FutureTask<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private static Exception failure(FutureTask<?> future) {
        return assertInstanceOf(
                Exception.class,
                assertThrows(ExecutionException.class, () -> get(future)).getCause());
    }

    private FutureTask<Connection> accept() {
        return start(() -> listener.accept().open(LIMIT));
    }

    @SuppressWarnings("try") // closing is what is tested
    @Test
    void endsThatTrustEachOtherTalk() throws Exception {
        FutureTask<Connection> accepted = accept();
        try (Connection near = tls(port(), connecting, authority).connect(LIMIT);
                Connection far = get(accepted)) {
            assertEquals(
                    "CN=listening, SHA-256 " + listening.fingerprint(),
                    near.peer().name());
            assertEquals(
                    "CN=connecting, SHA-256 " + connecting.fingerprint(),
                    far.peer().name());
            assertTrue(near.peer().isKnown() && far.peer().isKnown());
            ByteBuffer sent = ByteBuffer.allocateDirect(100_000);
            for (int i = 0; sent.hasRemaining(); i++) {
                sent.put((byte) i);
            }
            FutureTask<ByteBuffer> received = start(() -> {
                ByteBuffer into = ByteBuffer.allocateDirect(100_000);
                assertTrue(far.readFully(into));
                far.write(ByteBuffer.wrap(new byte[] {5}));
                return into;
            });
            near.write(sent.flip());
            ByteBuffer answer = ByteBuffer.allocate(1);
            assertTrue(near.readFully(answer));
            assertEquals(5, answer.get(0));
            assertEquals(sent.flip(), get(received).flip());
            near.close();
            assertFalse(far.readFully(ByteBuffer.allocate(1)));
        }
    }

    /** Both ends say in one line why they part. */
    private void assertRefused(Issued own, String listenerSays, String peerSays) throws Exception {
        FutureTask<Connection> accepted = accept();
        IOException near = assertThrows(
                PeerRefusedException.class,
                () -> tls(port(), own, authority).connect(LIMIT).close());
        Exception far = failure(accepted);
        assertEquals("127.0.0.1 is refused: " + listenerSays, far.getMessage());
        assertEquals("127.0.0.1 refuses this end: " + peerSays, near.getMessage());
        assertInstanceOf(PeerRefusedException.class, far);
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
        assertRefused(
                ofOtherAuthority, TRUSTS_NOT, "this end's certificate is not one that it trusts (certificate_unknown)");
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        assertRefused(
                expired,
                "its certificate has expired",
                "this end's certificate is not one that it trusts (certificate_unknown)");
    }

    @Test
    void aCertificateThatIsNotValidYetIsRefused() throws Exception {
        assertRefused(
                notYetValid,
                "its certificate is not valid yet",
                "this end's certificate is not one that it trusts (certificate_unknown)");
    }

    /** Often: the listener may still be sending when it is refused, and must hear of the refusal all the same. */
    @RepeatedTest(20)
    void aListenerOfAnotherAuthorityIsRefused() throws Exception {
        FutureTask<Connection> accepted = accept();
        PeerRefusedException near = assertThrows(
                PeerRefusedException.class,
                () -> tls(port(), connecting, otherAuthority).connect(LIMIT).close());
        assertEquals("127.0.0.1 is refused: " + TRUSTS_NOT, near.getMessage());
        String far = failure(accepted).getMessage();
        assertTrue(far.startsWith("127.0.0.1 refuses this end: "), far);
    }

    @Test
    void peersArePinnedByTheirFingerprint() throws Exception {
        TlsCredentials pinning = TlsCredentials.builder()
                .certificate(listening.chain(), listening.key())
                .peer(ofOtherHost.fingerprint().replace(":", "").toLowerCase(java.util.Locale.ROOT))
                .build();
        TlsCredentials pinned = TlsCredentials.builder()
                .certificate(ofOtherHost.chain(), ofOtherHost.key())
                .peer("SHA256: " + listening.fingerprint())
                .build();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (Listener other = Transport.tls(any, pinning).listen()) {
            InetSocketAddress there = (InetSocketAddress) other.address();
            FutureTask<Connection> accepted = start(() -> other.accept().open(LIMIT));
            Transport.tls(there, pinned).connect(LIMIT).close();
            get(accepted).close();
            accepted = start(() -> other.accept().open(LIMIT));
            assertThrows(
                    PeerRefusedException.class,
                    () -> tls(there.getPort(), connecting, authority).connect(LIMIT));
            assertEquals(
                    "127.0.0.1 is refused: its certificate is another one, with the SHA-256 fingerprint "
                            + connecting.fingerprint(),
                    failure(accepted).getMessage());
        }
    }

    /** Without a pin, the listener's certificate must be one for the host that was meant. */
    @Test
    void aListenerWithTheCertificateOfAnotherHostIsRefused() throws Exception {
        try (Listener other = tls(0, authority, authority).listen()) {
            FutureTask<Connection> accepted = start(() -> other.accept().open(LIMIT));
            int port = ((InetSocketAddress) other.address()).getPort();
            PeerRefusedException e = assertThrows(
                    PeerRefusedException.class,
                    () -> tls(port, connecting, authority).connect(LIMIT));
            assertEquals(
                    "127.0.0.1 is refused: its certificate is for another host (No name matching localhost found)",
                    e.getMessage());
            failure(accepted);
        }
    }

    /** A TLS client that trusts all and has no certificate. */
    private SSLSocket stranger(String version) throws Exception {
        TrustManager all = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {all}, new SecureRandom());
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port());
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    @Test
    void aPeerWithoutACertificateIsRefused() throws Exception {
        FutureTask<Connection> accepted = accept();
        try (SSLSocket socket = stranger("TLSv1.3")) {
            SSLException e = assertThrows(SSLException.class, () -> {
                socket.startHandshake();
                socket.getInputStream().read();
            });
            assertTrue(
                    e.getMessage().contains("certificate_required")
                            || e.getMessage().contains("bad_certificate"),
                    e.getMessage());
        }
        assertEquals(
                "127.0.0.1 is refused: it has shown no certificate",
                failure(accepted).getMessage());
    }

    @Test
    void anOlderTlsIsRefused() throws Exception {
        FutureTask<Connection> accepted = accept();
        try (SSLSocket socket = stranger("TLSv1.2")) {
            assertThrows(SSLException.class, socket::startHandshake);
        }
        String message = failure(accepted).getMessage();
        assertTrue(message.startsWith("127.0.0.1 is refused: it does not speak TLS 1.3"), message);
    }

    @Test
    void clearTextIsRefused() throws Exception {
        FutureTask<Connection> accepted = accept();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream().write("kvm4jmig and more text that is no TLS".getBytes(StandardCharsets.US_ASCII));
            assertEquals(
                    "127.0.0.1 is refused: it does not speak TLS",
                    failure(accepted).getMessage());
        }
    }

    /** What an honest peer has sent, byte for byte, opens nothing when it is sent again. */
    @Test
    void aReplayIsRefused() throws Exception {
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        try (ServerSocket eavesdropper = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FutureTask<Connection> accepted = accept();
            FutureTask<Void> relay = start(() -> {
                try (Socket honest = eavesdropper.accept();
                        Socket real = new Socket(InetAddress.getLoopbackAddress(), port())) {
                    var _ = start(() -> real.getInputStream().transferTo(honest.getOutputStream()));
                    byte[] bytes = new byte[4096];
                    for (int n = honest.getInputStream().read(bytes);
                            n > 0;
                            n = honest.getInputStream().read(bytes)) {
                        recorded.write(bytes, 0, n);
                        real.getOutputStream().write(bytes, 0, n);
                    }
                }
                return null;
            });
            try (Connection near = tls(eavesdropper.getLocalPort(), connecting, authority)
                            .connect(LIMIT);
                    Connection far = get(accepted)) {
                near.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                assertTrue(far.readFully(ByteBuffer.allocate(3)));
            }
            get(relay);
        }
        FutureTask<Connection> accepted = accept();
        try (Socket replay = new Socket(InetAddress.getLoopbackAddress(), port())) {
            replay.getOutputStream().write(recorded.toByteArray());
            assertEquals(
                    "127.0.0.1 is refused: what it sends does not belong to this connection, as in a replay",
                    failure(accepted).getMessage());
        }
    }

    /** A handshake that does not go on ends in time, and closing the connection ends it at once. */
    @SuppressWarnings("try") // closing is what is tested
    @Test
    void aHandshakeHasALimit() throws Exception {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port());
                Incoming incoming = listener.accept()) {
            SocketTimeoutException e =
                    assertThrows(SocketTimeoutException.class, () -> incoming.open(Duration.ofMillis(100)));
            assertEquals("the other end took more than 100 ms in all", e.getMessage());
            readToTheEnd(silent);
        }
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port());
                Incoming incoming = listener.accept()) {
            FutureTask<Connection> opening = start(() -> incoming.open(LIMIT));
            Thread.sleep(50);
            incoming.close();
            assertInstanceOf(IOException.class, failure(opening));
            readToTheEnd(silent);
        }
    }

    /** Reads an alert of TLS, if one is sent before the end. */
    private static void readToTheEnd(Socket socket) throws IOException {
        assertTrue(socket.getInputStream().readNBytes(1000).length < 1000);
    }

    /** Closing ends a write that waits for a peer which does not read. */
    @SuppressWarnings("try") // closing is what is tested
    @Test
    void closingEndsABlockedWrite() throws Exception {
        FutureTask<Connection> accepted = accept();
        try (Connection near = tls(port(), connecting, authority).connect(LIMIT);
                Connection far = get(accepted)) {
            FutureTask<Void> writing = start(() -> {
                far.write(ByteBuffer.allocate(1 << 26));
                return null;
            });
            Thread.sleep(200);
            assertFalse(writing.isDone());
            far.close();
            assertInstanceOf(java.nio.channels.ClosedChannelException.class, failure(writing));
            assertTrue(near.peer().isKnown());
        }
    }

    @Test
    void aWriteHasALimit() throws Exception {
        FutureTask<Connection> accepted = accept();
        try (Connection near = tls(port(), connecting, authority).connect(LIMIT);
                Connection far = get(accepted)) {
            far.limitWrites(Duration.ofMillis(100));
            FutureTask<Void> writing = start(() -> {
                far.write(ByteBuffer.allocate(1 << 26));
                return null;
            });
            assertEquals(
                    "the other end did not read what it was sent within 100 ms",
                    failure(writing).getMessage());
            assertTrue(near.peer().isKnown());
        }
    }
}
