package io.kvm4j.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The text of a snapshot, which is UTF-8 and not larger than a snapshot can be. */
final class SnapshotText {
    private SnapshotText() {}

    /** Reads a stream, but not beyond the largest text. */
    static String read(InputStream stream, String source) throws IOException {
        byte[] bytes = stream.readNBytes(Limits.TEXT_BYTES + 1);
        if (bytes.length > Limits.TEXT_BYTES) {
            throw tooLarge(source);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new SnapshotFormatException(source, 1, "expected text in UTF-8", e);
        }
    }

    /** Checks a text that is in memory already. */
    static void check(String text, String source) throws SnapshotFormatException {
        if (text.length() > Limits.TEXT_BYTES) {
            throw tooLarge(source);
        }
    }

    /** A text of the snapshot as a message may quote it: on one line, without characters that a terminal obeys. */
    static String quotable(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(100).forEach(c -> line.append(c >= 0x20 && c <= 0x7e ? (char) c : '?'));
        return text.length() > line.length() ? line + "…" : line.toString();
    }

    private static SnapshotFormatException tooLarge(String source) {
        return new SnapshotFormatException(
                source, 1, "larger than %d MiB, the most that a snapshot may take".formatted(Limits.TEXT_BYTES >> 20));
    }
}
