package io.kvm4j.examples;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * Machine code as a listing: on each line the bytes in hexadecimal, a semicolon, and the instruction as assembly. What
 * stands before the first semicolon is the code, all else is for the reader.
 */
public final class MachineCode {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private MachineCode() {}

    /** The bytes of a listing. */
    public static byte[] of(String listing) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (String line : listing.lines().toList()) {
            code.writeBytes(HEX.parseHex(line.substring(0, line.indexOf(';')).strip()));
        }
        return code.toByteArray();
    }
}
