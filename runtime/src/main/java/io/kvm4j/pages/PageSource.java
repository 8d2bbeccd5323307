package io.kvm4j.pages;

import io.kvm4j.channel.Connection;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where the content of guest memory comes from. Several threads call it at once.
 *
 * <p>It may give less than it is asked for; then it is asked for the rest. It may be slow: whoever touched the page waits.
 * An exception, the end of the content before what was asked for, a mapped file that was cut off, or a longer silence than
 * the pager allows is the loss of the source: the pager pauses the guest and goes on with another source, see {@link
 * io.kvm4j.fault.DemandPager#resume}. For an Error see {@link io.kvm4j.fault.DemandPager}.
 */
@FunctionalInterface
public interface PageSource {
    /**
     * Gives content.
     *
     * @param offset where it starts, in bytes
     * @param into takes it from its position on, and has room for what is wanted; direct memory
     * @return how many bytes were put there, at least 1; -1 if the content ends before {@code offset}
     * @throws IOException if it cannot be read
     */
    int read(long offset, ByteBuffer into) throws IOException;

    /**
     * Gives content that nobody waits for yet, on the same terms. A source that can lets {@link #read} go first.
     *
     * @throws IOException if it cannot be read
     */
    default int readAhead(long offset, ByteBuffer into) throws IOException {
        return read(offset, into);
    }

    /**
     * Returns the address of content that lies in native memory of this process, so that the kernel can copy it from there;
     * 0 if not all of it does, or some of it is still to be loaded. The memory must stay as it is until the pager is closed.
     *
     * @param offset where the content starts, in bytes
     * @param length in bytes
     */
    default long address(long offset, long length) {
        return 0;
    }

    /**
     * Makes reads that are under way fail soon, and those to come; a vCPU that reads its page itself waits for that. Called
     * by any thread, once for each time that a pager is given the source.
     */
    default void abort() {}

    /** What it is, for people. */
    default String describe() {
        return "a function";
    }

    /**
     * A file. It is opened here, and closed when the pager is done with the source.
     *
     * @throws IOException if it cannot be opened
     */
    static PageSource file(Path path) throws IOException {
        return new FilePageSource(FileChannel.open(path, StandardOpenOption.READ), path);
    }

    /**
     * Memory of this process, such as a mapped file. Pages of private memory are copied by the kernel from where they lie.
     *
     * @param memory native memory, which must live until the pager is closed
     * @param start the content's offset that it starts with
     */
    static PageSource memory(MemorySegment memory, long start) {
        return new MemorySource(memory, start);
    }

    /** Returns the pages of a {@link PageServer} at the other end of a connection, which the source owns from now on. */
    static PageSource socket(Connection connection) {
        return new SocketPageSource(connection);
    }

    /**
     * Returns the pages of a {@link PageServer} at the other end of a connection that the caller has made, in clear text, and
     * whose other end the caller answers for. The source owns it from now on.
     *
     * @param channel a connected channel in blocking mode
     */
    static PageSource socket(SocketChannel channel) {
        return socket(Connection.of(channel));
    }
}
