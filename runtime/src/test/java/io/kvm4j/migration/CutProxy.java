package io.kvm4j.migration;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A way to the source that loses what a test wants it to lose. */
final class CutProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final InetSocketAddress source;
    private final List<Socket> destinations = new ArrayList<>();
    private final List<Socket> sources = new ArrayList<>();
    private volatile boolean losesAnswers;

    CutProxy(InetSocketAddress source) throws IOException {
        this.source = source;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException e) {
                // The server was closed, or there is no source: whoever wanted it finds out.
            }
        }
    }

    private void connect(Socket destination) throws IOException {
        Socket toSource = new Socket();
        try {
            toSource.connect(source);
        } catch (IOException e) {
            destination.close();
            throw e;
        }
        synchronized (this) {
            destinations.add(destination);
            sources.add(toSource);
        }
        Thread.ofPlatform().daemon().start(() -> copy(destination, toSource, false));
        Thread.ofPlatform().daemon().start(() -> copy(toSource, destination, true));
    }

    private void copy(Socket from, Socket to, boolean answers) {
        byte[] bytes = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                // What was on the way when the connection was cut is lost.
                if (from.isClosed() || to.isClosed()) {
                    return;
                }
                if (!(answers && losesAnswers)) {
                    out.write(bytes, 0, length);
                }
            }
        } catch (IOException e) {
            if (from.isClosed()) {
                return;
            }
        }
        closeQuietly(to);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether what the source says gets lost from now on, also on connections to come. */
    void loseAnswers(boolean lost) {
        losesAnswers = lost;
    }

    /** Ends all connections. */
    synchronized void cut() throws IOException {
        cutTowardsDestination();
        for (Socket socket : sources) {
            socket.close();
        }
    }

    /** Ends all connections for the destination, and none for the source. */
    synchronized void cutTowardsDestination() throws IOException {
        for (Socket socket : destinations) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
