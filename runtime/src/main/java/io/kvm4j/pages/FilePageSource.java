package io.kvm4j.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Pages in a file. */
record FilePageSource(FileChannel channel, Path path) implements PageSource {
    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
        return channel.read(into, offset);
    }

    @Override
    public void abort() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String describe() {
        return "file " + path;
    }
}
