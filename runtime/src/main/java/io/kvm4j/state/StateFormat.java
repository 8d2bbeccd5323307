package io.kvm4j.state;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32C;

/**
 * The form of a state as bytes. All numbers are little-endian and unsigned; a text is its length in 16 bits, at most 255, and
 * printable ASCII.
 *
 * <pre>
 * header   "KVM4J" and three zeros, version (32 bits), kind (32 bits), length of the body (32 bits),
 *          CRC-32C of the header up to here and the body (32 bits)
 * body     text: header set; text: architecture
 *          number of parts (32 bits), for each: text: name; length (32 bits); the bytes
 *          number of omissions (32 bits), for each: text: part; text: reason
 * </pre>
 */
final class StateFormat {
    private static final long MAGIC = 0x0000_004a_344d_564bL;
    /** Version 2 has the kind of snapshots, and how a VM was set up; what version 1 has is unchanged. */
    private static final int VERSION = 2;

    private static final int OLDEST_VERSION = 1;
    private static final int HEADER_SIZE = 24;
    private static final int CHECKED_HEADER_SIZE = 20;

    // More than any state has, by far: what claims more is damaged.
    private static final int MOST_BODY = 1 << 20;
    private static final int MOST_PARTS = 64;
    private static final int MOST_OMISSIONS = 1024;
    private static final int LONGEST_TEXT = 255;

    private StateFormat() {}

    static byte[] encode(StateImage image) {
        int size = bodySize(image);
        ByteBuffer out = ByteBuffer.allocate(HEADER_SIZE + size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION).putInt(image.kind().number()).putInt(size);
        out.position(HEADER_SIZE);
        putText(out, image.headerSet());
        putText(out, image.architecture());
        out.putInt(image.parts().size());
        for (Map.Entry<String, MemorySegment> part : image.parts().entrySet()) {
            putText(out, part.getKey());
            out.putInt((int) part.getValue().byteSize());
            out.put(part.getValue().asByteBuffer());
        }
        out.putInt(image.omissions().size());
        for (Omission omission : image.omissions()) {
            putText(out, omission.part());
            putText(out, omission.reason());
        }
        byte[] bytes = out.array();
        out.putInt(CHECKED_HEADER_SIZE, checksum(bytes, 0, bytes, HEADER_SIZE));
        return bytes;
    }

    private static int bodySize(StateImage image) {
        int size = textSize(image.headerSet()) + textSize(image.architecture()) + 2 * Integer.BYTES;
        for (Map.Entry<String, MemorySegment> part : image.parts().entrySet()) {
            size += textSize(part.getKey())
                    + Integer.BYTES
                    + (int) part.getValue().byteSize();
        }
        for (Omission omission : image.omissions()) {
            size += textSize(omission.part()) + textSize(omission.reason());
        }
        return size;
    }

    private static int textSize(String text) {
        return Short.BYTES + text.getBytes(StandardCharsets.US_ASCII).length;
    }

    private static void putText(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.putShort((short) bytes.length).put(bytes);
    }

    private static int checksum(byte[] header, int headerAt, byte[] body, int bodyAt) {
        CRC32C crc = new CRC32C();
        crc.update(header, headerAt, CHECKED_HEADER_SIZE);
        crc.update(body, bodyAt, body.length - bodyAt);
        return (int) crc.getValue();
    }

    /**
     * Reads the bytes of one state and no more.
     *
     * @throws StateFormatException if they are none
     */
    static StateImage decode(StateKind kind, InputStream in) throws IOException {
        byte[] header = in.readNBytes(HEADER_SIZE);
        int size = bodySize(kind, header);
        byte[] body = in.readNBytes(size);
        if (body.length < size) {
            throw cutOff(kind, body.length, size);
        }
        if (checksum(header, 0, body, 0) != littleEndian(header).getInt(CHECKED_HEADER_SIZE)) {
            throw new StateFormatException("the %s is damaged: its checksum differs".formatted(kind.description()));
        }
        return new Body(kind, littleEndian(body)).image();
    }

    private static int bodySize(StateKind kind, byte[] bytes) {
        if (bytes.length < HEADER_SIZE) {
            throw cutOff(kind, bytes.length, HEADER_SIZE);
        }
        ByteBuffer header = littleEndian(bytes);
        if (header.getLong() != MAGIC) {
            throw new StateFormatException("this is no %s".formatted(kind.description()));
        }
        int version = header.getInt();
        if (version < OLDEST_VERSION || version > VERSION) {
            throw new StateFormatException("the %s has version %s of the format, known are %d to %d"
                    .formatted(kind.description(), Integer.toUnsignedString(version), OLDEST_VERSION, VERSION));
        }
        int number = header.getInt();
        if (number != kind.number()) {
            throw new StateFormatException(
                    "this is no %s but %s".formatted(kind.description(), StateKind.describe(number)));
        }
        int size = header.getInt();
        if (size < 0 || size > MOST_BODY) {
            throw new StateFormatException("the %s is damaged: it claims to have %s bytes, the most is %d"
                    .formatted(kind.description(), Integer.toUnsignedString(size), MOST_BODY));
        }
        return size;
    }

    private static StateFormatException cutOff(StateKind kind, int present, int needed) {
        return new StateFormatException(
                "the %s is cut off: it ends after %d of %d bytes".formatted(kind.description(), present, needed));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Takes a body apart. No length is believed that the body has no bytes for. */
    private record Body(StateKind kind, ByteBuffer in) {
        StateImage image() {
            String headerSet = text();
            String architecture = text();
            SequencedMap<String, MemorySegment> parts = parts();
            List<Omission> omissions = omissions();
            if (in.hasRemaining()) {
                throw damaged("%d bytes are left over".formatted(in.remaining()));
            }
            return new StateImage(kind, headerSet, architecture, parts, omissions);
        }

        private SequencedMap<String, MemorySegment> parts() {
            SequencedMap<String, MemorySegment> parts = new LinkedHashMap<>();
            long count = number();
            if (count > MOST_PARTS) {
                throw damaged("it claims %d parts, the most is %d".formatted(count, MOST_PARTS));
            }
            for (long left = count; left > 0; left--) {
                String name = text();
                int size = length(number());
                MemorySegment bytes = MemorySegment.ofBuffer(in.slice(in.position(), size));
                in.position(in.position() + size);
                if (parts.put(name, StateImage.copyOf(bytes)) != null) {
                    throw damaged(name + " stands in it twice");
                }
            }
            return parts;
        }

        private List<Omission> omissions() {
            List<Omission> omissions = new ArrayList<>();
            long count = number();
            if (count > MOST_OMISSIONS) {
                throw damaged("it claims %d omissions, the most is %d".formatted(count, MOST_OMISSIONS));
            }
            for (long left = count; left > 0; left--) {
                omissions.add(new Omission(text(), text()));
            }
            return omissions;
        }

        private String text() {
            requireLeft(Short.BYTES);
            int length = length(Short.toUnsignedLong(in.getShort()));
            if (length > LONGEST_TEXT) {
                throw damaged("a text in it has %d bytes, the most is %d".formatted(length, LONGEST_TEXT));
            }
            byte[] bytes = new byte[length];
            in.get(bytes);
            for (byte character : bytes) {
                if (character < ' ' || character > '~') {
                    throw damaged("a text in it cannot be printed");
                }
            }
            return new String(bytes, StandardCharsets.US_ASCII);
        }

        private long number() {
            requireLeft(Integer.BYTES);
            return Integer.toUnsignedLong(in.getInt());
        }

        private int length(long claimed) {
            requireLeft(claimed);
            return (int) claimed;
        }

        private void requireLeft(long bytes) {
            if (bytes > in.remaining()) {
                throw damaged("it claims %d bytes where %d are left".formatted(bytes, in.remaining()));
            }
        }

        private StateFormatException damaged(String why) {
            return new StateFormatException("the %s is damaged: %s".formatted(kind.description(), why));
        }
    }
}
