package io.kvm4j.testbed.machine;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** A stream out of a host, by way of a socket that the emulator connects to. */
final class Channel implements Closeable {
    private final String name;
    private final Path path;
    private final ServerSocketChannel server;

    private Channel(String name, Path path, ServerSocketChannel server) {
        this.name = name;
        this.path = path;
        this.server = server;
    }

    /** Listens in a directory. */
    static Channel listen(String name, Path directory) throws IOException {
        Path path = directory.resolve(name);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            return new Channel(name, path, server);
        } catch (Throwable e) {
            server.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    /** Where the emulator connects to. */
    Path path() {
        return path;
    }

    /** Reads a stream. */
    @FunctionalInterface
    interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    /** Reads the stream in a thread of its own; a stream that never came or broke off completes exceptionally. */
    <T> CompletableFuture<T> read(Reader<T> reader) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("testbed-" + name).start(() -> {
            try (SocketChannel connection = server.accept()) {
                result.complete(reader.read(Channels.newInputStream(connection)));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Stops waiting for the emulator to connect. */
    @Override
    public void close() throws IOException {
        server.close();
    }
}
