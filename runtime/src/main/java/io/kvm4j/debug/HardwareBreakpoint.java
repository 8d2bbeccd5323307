package io.kvm4j.debug;

/**
 * An address that the processor watches. It stops the guest before an instruction that it executes there, or after one that
 * accesses it.
 *
 * @param address a linear address, for a watched range a multiple of its length
 * @param access what stops the guest
 * @param length how many bytes are watched: 1, 2, 4 or 8; 1 for an instruction
 */
public record HardwareBreakpoint(long address, Access access, int length) {
    /** What stops the guest, as the R/W fields of DR7 have it. */
    public enum Access {
        /** The execution of an instruction. */
        EXECUTE(0),
        /** Writing. */
        WRITE(1),
        /** Reading or writing. */
        READ_OR_WRITE(3);

        private final int field;

        Access(int field) {
            this.field = field;
        }
    }

    /** Refuses what the debug registers cannot hold. */
    public HardwareBreakpoint {
        if (length < 1 || length > 8 || Integer.bitCount(length) != 1) {
            throw new IllegalArgumentException("a breakpoint watches 1, 2, 4 or 8 bytes, not " + length);
        }
        if (address % length != 0) {
            throw new IllegalArgumentException(
                    "0x%x is no multiple of the %d bytes to be watched".formatted(address, length));
        }
        if (access == Access.EXECUTE && length != 1) {
            throw new IllegalArgumentException("an instruction's breakpoint has a length of 1, not " + length);
        }
    }

    /** Stops the guest before the instruction at a linear address. */
    public static HardwareBreakpoint execution(long address) {
        return new HardwareBreakpoint(address, Access.EXECUTE, 1);
    }

    /** Stops the guest after it has written to a range. */
    public static HardwareBreakpoint write(long address, int length) {
        return new HardwareBreakpoint(address, Access.WRITE, length);
    }

    /** Its bits of DR7, as number {@code number}: enabled in every task, with access and length. */
    long dr7(int number) {
        long globalEnable = 2L << (2 * number);
        long lengthField = length == 8 ? 2 : length - 1;
        return globalEnable | (access.field | lengthField << 2) << (16 + 4 * number);
    }
}
