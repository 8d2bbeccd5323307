package io.kvm4j.headers.program;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers whether something could not be written. Java's own forgets why. */
final class StandardOutput {
    private static final int FAILED = 1;

    private final RecordingStream recorded = new RecordingStream(new FileOutputStream(FileDescriptor.out));
    private final PrintStream stream;

    private StandardOutput() {
        // Without a buffer: what a guest writes to its console appears at once.
        stream = new PrintStream(recorded, true, System.out.charset());
    }

    /** Replaces {@link System#out}. */
    static StandardOutput install() {
        StandardOutput output = new StandardOutput();
        System.setOut(output.stream);
        return output;
    }

    /**
     * Says on standard error if output was lost. A reader that closed its pipe wanted no more, so that is not worth a
     * line.
     *
     * @param status the exit status so far
     * @return the exit status: a failure if output was lost
     */
    int finish(int status) {
        stream.flush();
        IOException failure = recorded.failure;
        if (failure == null) {
            return status;
        }
        String reason = IoReason.of(failure);
        if (!reason.equals("Broken pipe")) {
            System.err.println("kvm4j: cannot write to standard output: " + reason);
        }
        return status == 0 ? FAILED : status;
    }

    /** Writes until it fails, then nothing more. */
    private static final class RecordingStream extends OutputStream {
        private final OutputStream out;
        private volatile @Nullable IOException failure;

        private RecordingStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (failure != null) {
                return;
            }
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
            }
        }
    }
}
