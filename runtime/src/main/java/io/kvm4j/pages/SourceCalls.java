package io.kvm4j.pages;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Calls page sources: the one place where that is done. A source is the caller's code. What it says is checked before it is
 * believed, and what it throws is the loss of the source, except for an Error, which ends the pager or the server. An
 * InternalError is a loss as well: the JVM throws it where a file is cut off that is mapped. Allocates nothing unless the
 * source fails.
 */
public final class SourceCalls {
    private static final Object POLLED = new Object();

    private SourceCalls() {}

    /**
     * Reads content as {@link PageSource#read} does.
     *
     * @param isAwaited whether a thread waits for the content, so that it is no {@link PageSource#readAhead}
     * @return how many bytes were put into the buffer, at least 1; -1 if the content ends before the offset
     * @throws IOException if the source fails in any way but by an Error
     */
    public static int read(PageSource source, long offset, ByteBuffer into, boolean isAwaited) throws IOException {
        int start = into.position();
        int end = into.limit();
        int read;
        try {
            read = isAwaited ? source.read(offset, into) : source.readAhead(offset, into);
            throwPendingError();
        } catch (RuntimeException e) {
            throw new IOException(message(e), e);
        } catch (InternalError e) {
            throw new IOException("its memory cannot be read, as if a mapped file were cut off: " + message(e), e);
        }
        int put = into.position() - start;
        if (read == 0 || read != (put == 0 ? -1 : put) || into.limit() != end) {
            throw new IOException("asked for %d bytes at offset 0x%x, the source says %d and gave %d"
                    .formatted(end - start, offset, read, put));
        }
        return read;
    }

    /**
     * Compiled code that reads a page behind the end of a mapped file goes on with some value; its InternalError arrives at
     * the thread's next safepoint poll, which may be after that value has been given to the guest. A call of a native method
     * ends with such a poll.
     */
    private static void throwPendingError() {
        boolean ignored = Thread.holdsLock(POLLED);
    }

    /**
     * Returns where content lies, as {@link PageSource#address} does; 0 also if the source fails to say, which is then asked
     * to read it.
     */
    public static long address(PageSource source, long offset, long length) {
        try {
            return source.address(offset, length);
        } catch (RuntimeException e) {
            return 0;
        }
    }

    /** Aborts a source. Returns what it threw, or null. */
    public static @Nullable Throwable abort(PageSource source) {
        try {
            source.abort();
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /** Describes a source for people, whatever it says. */
    public static String describe(PageSource source) {
        try {
            return String.valueOf(source.describe());
        } catch (RuntimeException | Error e) {
            return "no description: " + message(e);
        }
    }

    /** The message of a failure, or, if there is none, its type. */
    public static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.toString() : message;
    }
}
