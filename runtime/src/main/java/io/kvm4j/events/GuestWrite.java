package io.kvm4j.events;

import io.kvm4j.uapi.IoeventfdFlag;
import io.kvm4j.uapi.IoeventfdFlags;
import io.kvm4j.uapi.KvmIoeventfd;

/**
 * Which writes of a guest an {@link Ioeventfd} is about: those to a port or an address, of any width and value unless
 * told otherwise.
 *
 * @param isPort whether it is a port, not an address in memory
 * @param address the port, or the guest physical address
 * @param length the bytes that a write must have, 1, 2, 4 or 8; 0 for any. No guest writes 8 bytes to a port: KVM takes
 *     such a doorbell, and it never rings
 * @param hasValue whether a write must have a certain value
 * @param value that value, or 0
 */
public record GuestWrite(boolean isPort, long address, int length, boolean hasValue, long value) {
    private static final int LAST_PORT = 0xffff;

    /**
     * Checks that there can be such a write.
     *
     * @throws IllegalArgumentException if not
     */
    public GuestWrite {
        if (isPort && (address < 0 || address > LAST_PORT)) {
            throw new IllegalArgumentException("0x%x is no port: they go from 0 to 0xffff".formatted(address));
        }
        if (Integer.bitCount(length) > 1 || length < 0 || length > Long.BYTES) {
            throw new IllegalArgumentException(
                    "no write to %s has %d bytes: a doorbell is for 1, 2, 4 or 8, or 0 for any"
                            .formatted(isPort ? "a port" : "memory", length));
        }
        if (hasValue && length == 0) {
            throw new IllegalArgumentException("a write of any width has no value to compare: say ofBytes() first");
        }
        if (hasValue && length < Long.BYTES && value >>> (length * Byte.SIZE) != 0) {
            throw new IllegalArgumentException("0x%x does not fit into %d bytes".formatted(value, length));
        }
    }

    /** Every write to a port. */
    public static GuestWrite toPort(int port) {
        return new GuestWrite(true, port, 0, false, 0);
    }

    /** Every write to an address where the guest has no memory. */
    public static GuestWrite toAddress(long gpa) {
        return new GuestWrite(false, gpa, 0, false, 0);
    }

    /** Only those of a width: 1, 2, 4 or 8 bytes, though guests write at most 4 to a port. */
    public GuestWrite ofBytes(int bytes) {
        return new GuestWrite(isPort, address, bytes, hasValue, value);
    }

    /** Only those of a value, unsigned and within the width. */
    public GuestWrite withValue(long only) {
        return new GuestWrite(isPort, address, length, true, only);
    }

    KvmIoeventfd to(KvmIoeventfd struct) {
        IoeventfdFlags flags = IoeventfdFlags.of();
        flags = isPort ? flags.with(IoeventfdFlag.KVM_IOEVENTFD_FLAG_PIO) : flags;
        flags = hasValue ? flags.with(IoeventfdFlag.KVM_IOEVENTFD_FLAG_DATAMATCH) : flags;
        return struct.addr(address).len(length).datamatch(value).flags(flags);
    }

    /** What it is, for people. */
    @Override
    public String toString() {
        return "%s of %s to %s 0x%x"
                .formatted(
                        hasValue ? "writes of 0x%x".formatted(value) : "writes",
                        length == 0 ? "any width" : length + " bytes",
                        isPort ? "port" : "address",
                        address);
    }
}
