package io.kvm4j.testbed.machine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Copies a stream that has a mark at its end, as it comes, without the mark. Bytes are held back only while they could
 * be the mark's beginning.
 */
final class MarkedCopy {
    private static final int CHUNK = 8192;

    private final byte[] mark;
    private int matched;

    /**
     * Looks for a mark.
     *
     * @param mark begins with a byte that is nowhere else in it
     */
    MarkedCopy(byte[] mark) {
        this.mark = mark.clone();
    }

    /** Copies until the mark, which makes the result true, or the end of the stream. */
    boolean copy(InputStream in, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            ByteArrayOutputStream passed = new ByteArrayOutputStream(count + mark.length);
            for (int i = 0; i < count && matched < mark.length; i++) {
                take(chunk[i], passed);
            }
            passed.writeTo(out);
            out.flush();
            if (matched == mark.length) {
                return true;
            }
        }
        out.write(mark, 0, matched);
        out.flush();
        return false;
    }

    private void take(byte next, ByteArrayOutputStream passed) {
        if (next != mark[matched]) {
            passed.write(mark, 0, matched);
            matched = 0;
        }
        if (next == mark[matched]) {
            matched++;
        } else {
            passed.write(next);
        }
    }
}
