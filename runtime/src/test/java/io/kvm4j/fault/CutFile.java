package io.kvm4j.fault;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A mapped file of a {@link Pattern}'s pages, which is cut off: what is read behind its end raises SIGBUS. */
final class CutFile {
    private final Path file;
    final MemorySegment memory;

    CutFile(Path folder, int pages) throws IOException {
        file = folder.resolve("content");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(Pattern.memory(pages).asByteBuffer());
            memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.global());
        }
    }

    /** Leaves so many pages. */
    void cutTo(int pages) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate((long) pages * HostMemory.PAGE);
        }
    }

    /** Writes the content again. */
    void mend() throws IOException {
        int pages = (int) (memory.byteSize() / HostMemory.PAGE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(Pattern.memory(pages).asByteBuffer());
        }
    }

    Path path() {
        return file;
    }
}
