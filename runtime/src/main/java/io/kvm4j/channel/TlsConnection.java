package io.kvm4j.channel;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection by TLS 1.3. After the handshake the listening end sends one byte: in TLS 1.3 the connecting end is done
 * before the other has looked at its certificate, and would learn of a refusal too late.
 */
final class TlsConnection extends Connection {
    private static final byte[] WELCOME = {'k'};
    private static final String[] VERSIONS = {"TLSv1.3"};
    private static final int BLOCK = 1 << 14;

    /** How much of a refused peer's bytes is read, and for how long, so that the peer gets to see the refusal. */
    private static final int DRAINED_BYTES = 1 << 16;

    private static final int DRAIN_MILLIS = 500;

    private final SocketChannel channel;
    private final TlsCredentials credentials;
    private final @Nullable InetSocketAddress listener;
    private byte[] input = {};
    private byte[] output = {};

    @SuppressWarnings("NullAway.Init")
    private InputStream in;

    @SuppressWarnings("NullAway.Init")
    private OutputStream out;

    /** @param listener what this end connects to; null if this end has listened */
    TlsConnection(SocketChannel channel, TlsCredentials credentials, @Nullable InetSocketAddress listener) {
        super(channel);
        this.channel = channel;
        this.credentials = credentials;
        this.listener = listener;
    }

    @Override
    Peer prove() throws IOException {
        configureTcp(channel);
        Peer unknown = unknownPeer(channel);
        try {
            SSLSocket socket = socket();
            socket.startHandshake();
            in = socket.getInputStream();
            out = socket.getOutputStream();
            input = new byte[BLOCK];
            output = new byte[BLOCK];
            welcome();
            X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return new Peer(
                    OneLine.of("%s, SHA-256 %s"
                            .formatted(certificate.getSubjectX500Principal().getName(), Fingerprint.of(certificate))),
                    true);
        } catch (SSLException e) {
            drain();
            throw TlsRefusal.explain(e, unknown);
        }
    }

    /** Makes a socket with a context of its own: contexts keep sessions, which nobody shall resume. */
    private SSLSocket socket() throws IOException {
        String host = listener == null ? null : listener.getHostString();
        int port = listener == null ? -1 : listener.getPort();
        SSLSocket socket = (SSLSocket)
                credentials.newContext().getSocketFactory().createSocket(channel.socket(), host, port, false);
        socket.setUseClientMode(listener != null);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        if (listener == null) {
            parameters.setNeedClientAuth(true);
        } else if (!credentials.pinsPeers()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    private void welcome() throws IOException {
        if (listener == null) {
            out.write(WELCOME);
        } else if (in.read() < 0) {
            throw new EOFException("the other end has closed the connection after the handshake");
        }
    }

    /**
     * Reads on for a moment after the alert that says why. A peer that was still sending would fail at that, or lose the
     * alert, if the socket were closed at once.
     */
    private void drain() {
        try {
            channel.shutdownOutput();
            channel.socket().setSoTimeout(DRAIN_MILLIS);
            channel.socket().getInputStream().readNBytes(DRAINED_BYTES);
        } catch (IOException e) {
            // The refusal counts, not whether the peer has heard of it.
        }
    }

    @Override
    int receive(ByteBuffer into) throws IOException {
        try {
            int read = in.read(input, 0, Math.min(input.length, into.remaining()));
            if (read > 0) {
                into.put(input, 0, read);
            }
            return read;
        } catch (EOFException e) {
            // Cut off without a farewell. The protocols say themselves where their messages end.
            return -1;
        } catch (SSLException e) {
            throw TlsRefusal.broken(e);
        }
    }

    @Override
    void sendAll(ByteBuffer from) throws IOException {
        try {
            while (from.hasRemaining()) {
                int length = Math.min(output.length, from.remaining());
                from.get(output, 0, length);
                out.write(output, 0, length);
            }
        } catch (SSLException e) {
            throw TlsRefusal.broken(e);
        }
    }
}
