package io.kvm4j.examples.paging;

import io.kvm4j.MemorySlot;
import io.kvm4j.pages.PageSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What the memory is to hold, and the sources that give it. It owns its memory. */
final class Content implements AutoCloseable {
    /** A buffer has at most 2 GiB; no page lies in two of these. */
    private static final int BUFFER_BITS = 30;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment all;
    private final ByteBuffer[] buffers;

    Content(long bytes) {
        all = arena.allocate(bytes, TouchingGuest.PAGE);
        TouchingGuest.fill(all);
        long size = 1L << BUFFER_BITS;
        buffers = new ByteBuffer[(int) ((bytes + size - 1) >> BUFFER_BITS)];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = all.asSlice(i * size, Math.min(size, bytes - i * size)).asByteBuffer();
        }
    }

    /** A source whose offsets are guest physical addresses. */
    PageSource source(Source kind, Duration delay) throws IOException {
        return switch (kind) {
            case MEMORY -> PageSource.memory(all, TouchingGuest.TOUCHED_MEMORY);
            case FILE -> inFile();
            case DELAY ->
                (gpa, into) -> {
                    LockSupport.parkNanos(delay.toNanos());
                    return read(gpa, into);
                };
        };
    }

    private int read(long gpa, ByteBuffer into) {
        long offset = gpa - TouchingGuest.TOUCHED_MEMORY;
        int length = into.remaining();
        ByteBuffer buffer = buffers[(int) (offset >> BUFFER_BITS)];
        into.put(into.position(), buffer, (int) offset & ((1 << BUFFER_BITS) - 1), length);
        into.position(into.limit());
        return length;
    }

    /** Puts it into a file that nobody else finds, and that is gone with the source. */
    private PageSource inFile() throws IOException {
        Path path = Files.createTempFile("kvm4j-pages", null);
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            Files.delete(path);
            for (ByteBuffer buffer : buffers) {
                ByteBuffer whole = buffer.duplicate();
                while (whole.hasRemaining()) {
                    file.write(whole);
                }
            }
            return new FileSource(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Pages in a file that starts with the memory that is touched. */
    private record FileSource(FileChannel file) implements PageSource {
        @Override
        public int read(long gpa, ByteBuffer into) throws IOException {
            return file.read(into, gpa - TouchingGuest.TOUCHED_MEMORY);
        }

        @Override
        public void abort() {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Puts all of it in place at once. */
    void copyTo(MemorySlot slot) {
        MemorySegment.copy(all, 0, slot.segment(), 0, all.byteSize());
    }

    @Override
    public void close() {
        arena.close();
    }
}
