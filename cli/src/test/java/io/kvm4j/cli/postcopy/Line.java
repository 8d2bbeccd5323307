package io.kvm4j.cli.postcopy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A way to a server that can be cut, and held so that nothing comes through. */
final class Line implements AutoCloseable {
    private final ServerSocket near = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String host;
    private final int port;

    // Guarded by this.
    private final List<Socket> open = new ArrayList<>();
    private boolean held;
    private int cuts;

    /** @param far where the server is, HOST:PORT */
    Line(String far) throws IOException {
        int colon = far.lastIndexOf(':');
        host = far.substring(0, colon);
        port = Integer.parseInt(far.substring(colon + 1));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** Where clients find it. */
    String address() {
        return near.getInetAddress().getHostAddress() + ":" + near.getLocalPort();
    }

    private void accept() {
        while (!near.isClosed()) {
            try {
                connect(near.accept());
            } catch (IOException e) {
                // The line was closed, or the server is not there: the client finds out.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(host, port);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        synchronized (this) {
            open.add(client);
            open.add(server);
        }
        Thread.ofPlatform().daemon().start(() -> copy(client, server));
        Thread.ofPlatform().daemon().start(() -> copy(server, client));
    }

    private void copy(Socket from, Socket to) {
        byte[] bytes = new byte[1 << 12];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                awaitRelease();
                out.write(bytes, 0, length);
            }
        } catch (IOException e) {
            // One end is gone, and now both are.
        }
    }

    private synchronized void awaitRelease() throws IOException {
        while (held) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /** Lets nothing through, and cuts nothing, until {@link #release}. */
    synchronized void hold() {
        held = true;
    }

    synchronized void release() {
        held = false;
        notifyAll();
    }

    /** Ends all connections that are open now. */
    synchronized void cut() {
        for (Socket socket : open) {
            try {
                cuts += socket.isClosed() ? 0 : 1;
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        open.clear();
    }

    /** How many ends of connections were cut. */
    synchronized int cuts() {
        return cuts;
    }

    @Override
    public void close() throws IOException {
        near.close();
        release();
        cut();
    }
}
