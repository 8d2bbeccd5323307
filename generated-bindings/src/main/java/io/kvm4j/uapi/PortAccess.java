package io.kvm4j.uapi;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * What an exit for port I/O offers beyond its fields: the data, which stands behind {@code struct kvm_run}. One exit
 * carries {@link #count()} accesses of {@link #size()} bytes each; a string instruction makes more than one.
 */
public interface PortAccess {
    /** {@code KVM_EXIT_IO_IN} or {@code KVM_EXIT_IO_OUT}. */
    int direction();

    /** The bytes of one access: 1, 2 or 4. */
    int size();

    /** The number of accesses, at least 1. */
    int count();

    /** Where the data stands, in bytes from the start of {@code struct kvm_run}. */
    long dataOffset();

    /** The vCPU's whole shared memory area, which starts with {@code struct kvm_run}. */
    MemorySegment runArea();

    /** Whether the guest writes to the port. */
    default boolean isOut() {
        return direction() == KvmConstants.KVM_EXIT_IO_OUT;
    }

    /** Whether the guest reads from the port, for which the data must be set before it runs again. */
    default boolean isIn() {
        return direction() == KvmConstants.KVM_EXIT_IO_IN;
    }

    /** The bytes of all accesses together. */
    default long byteCount() {
        return Integer.toUnsignedLong(count()) * size();
    }

    /**
     * The datum of one access, zero-extended.
     *
     * @param index the access, from 0
     * @throws IndexOutOfBoundsException if the exit has fewer accesses
     */
    default int value(int index) {
        long offset = offsetOf(index);
        return switch (size()) {
            case Byte.BYTES -> Byte.toUnsignedInt(runArea().get(ValueLayout.JAVA_BYTE, offset));
            case Short.BYTES -> Short.toUnsignedInt(runArea().get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            default -> runArea().get(ValueLayout.JAVA_INT_UNALIGNED, offset);
        };
    }

    /**
     * Answers one access of a guest that reads from the port; bits beyond {@link #size()} are dropped.
     *
     * @param index the access, from 0
     * @throws IndexOutOfBoundsException if the exit has fewer accesses
     */
    default void value(int index, int value) {
        long offset = offsetOf(index);
        switch (size()) {
            case Byte.BYTES -> runArea().set(ValueLayout.JAVA_BYTE, offset, (byte) value);
            case Short.BYTES -> runArea().set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) value);
            default -> runArea().set(ValueLayout.JAVA_INT_UNALIGNED, offset, value);
        }
    }

    /**
     * Writes the bytes of all accesses to a stream, without a copy between, and flushes it: {@code System.out} would
     * keep what the guest wrote since its last line break, also when the program ends.
     *
     * @throws UncheckedIOException if the stream fails
     */
    default void copyTo(OutputStream out) {
        MemorySegment area = runArea();
        long end = dataOffset() + byteCount();
        try {
            for (long i = dataOffset(); i < end; i++) {
                out.write(area.get(ValueLayout.JAVA_BYTE, i));
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long offsetOf(int index) {
        return dataOffset() + (long) Objects.checkIndex(index, count()) * size();
    }
}
