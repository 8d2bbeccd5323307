package io.kvm4j.uapi;

import java.util.Objects;

/** What an exit for memory-mapped I/O offers beyond its fields: the data as one number. */
public interface MmioAccess {
    /** The number of bytes, 1 to 8. */
    int len();

    /** Whether the guest writes to the address; the same as {@link #isStore}. */
    boolean isWrite();

    /** A byte of the data, zero-extended. */
    int data(int index);

    /** Sets a byte of the data. */
    MmioAccess data(int index, int value);

    /** Whether the guest writes to the address, which C calls {@code is_write}. */
    default boolean isStore() {
        return isWrite();
    }

    /** Whether the guest reads from the address, for which the data must be set before it runs again. */
    default boolean isLoad() {
        return !isWrite();
    }

    /** The data as a little-endian number, zero-extended. */
    default long value() {
        long value = 0;
        for (int i = Objects.checkIndex(len(), Long.BYTES + 1) - 1; i >= 0; i--) {
            value = (value << Byte.SIZE) | data(i);
        }
        return value;
    }

    /** Sets the data from a little-endian number: the answer to a guest that reads. */
    default void value(long value) {
        for (int i = 0; i < len(); i++) {
            data(i, (int) (value >>> (i * Byte.SIZE)) & 0xff);
        }
    }
}
