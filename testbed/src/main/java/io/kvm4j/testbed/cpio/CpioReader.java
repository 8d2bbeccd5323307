package io.kvm4j.testbed.cpio;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads an archive in the "newc" form, and nothing past its end. Not for use by several threads. */
public final class CpioReader {
    private static final int HEADER = 110;
    private static final int FIELDS = 13;
    private static final int ALIGNMENT = 4;
    private static final int MODE = 1;
    private static final int SIZE = 6;
    private static final int NAME_SIZE = 11;
    private static final int TYPE_MASK = 0170000;
    private static final int PLAIN_FILE = 0100000;

    private static final int LARGEST = 64 << 20;
    private static final int LONGEST_NAME = 4096;

    private final InputStream in;

    /** Reads from a stream, which stays open. */
    public CpioReader(InputStream in) {
        this.in = in;
    }

    /**
     * The plain files by name, in the archive's order.
     *
     * @throws IOException also where the bytes are no archive
     */
    public Map<String, byte[]> readFiles() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        while (true) {
            int[] fields = fields(exactly(HEADER));
            String name = new String(exactly(fields[NAME_SIZE]), StandardCharsets.UTF_8).replaceFirst("\0$", "");
            exactly(Math.floorMod(-(HEADER + fields[NAME_SIZE]), ALIGNMENT));
            byte[] content = exactly(fields[SIZE]);
            exactly(Math.floorMod(-fields[SIZE], ALIGNMENT));
            if (name.equals("TRAILER!!!")) {
                return files;
            }
            if ((fields[MODE] & TYPE_MASK) == PLAIN_FILE) {
                files.put(name.replaceFirst("^\\./", ""), content);
            }
        }
    }

    private static int[] fields(byte[] header) throws IOException {
        String text = new String(header, StandardCharsets.US_ASCII);
        if (!text.matches("070701[0-9A-Fa-f]{104}")) {
            throw new IOException("not the header of a cpio entry");
        }
        int[] fields = new int[FIELDS];
        for (int i = 0; i < FIELDS; i++) {
            fields[i] = Integer.parseUnsignedInt(text.substring(6 + 8 * i, 14 + 8 * i), 16);
        }
        if (fields[SIZE] < 0 || fields[SIZE] > LARGEST || fields[NAME_SIZE] < 1 || fields[NAME_SIZE] > LONGEST_NAME) {
            throw new IOException("a cpio entry of impossible size");
        }
        return fields;
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the archive ends early");
        }
        return bytes;
    }
}
