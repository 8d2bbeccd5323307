package io.kvm4j;

import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * One range of a guest's memory. It owns the host's mapping. Any thread may use it, also while the guest runs; nothing
 * orders its accesses with the guest's.
 *
 * <p>Offsets count bytes from the start of the slot; {@link GuestMemory} takes guest physical addresses instead. Numbers
 * are little-endian and need no alignment. An access outside the slot throws {@link IndexOutOfBoundsException}, one
 * after {@link #close} {@link IllegalStateException}.
 */
public final class MemorySlot implements AutoCloseable {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Vm vm;
    private final int number;
    private final long gpa;
    private final Mapping mapping;
    private final MemorySegment segment;

    /** Maps the memory; the guest has it when {@link #region} has told KVM. */
    MemorySlot(Vm vm, int number, long gpa, long size) {
        this.vm = vm;
        this.number = number;
        this.gpa = gpa;
        this.mapping = Mapping.anonymous(size);
        this.segment = mapping.segment();
    }

    /** Tells KVM the size of this slot; a size of 0 removes it. */
    void region(KvmVmIoctls ioctls, long size) {
        try (Arena call = Arena.ofConfined()) {
            ioctls.setUserMemoryRegion(KvmUserspaceMemoryRegion.allocate(call)
                    .slot(number)
                    .guestPhysAddr(gpa)
                    .memorySize(size)
                    .userspaceAddr(segment.address()));
        }
    }

    /** Its number, as KVM_SET_USER_MEMORY_REGION was given. */
    public int number() {
        return number;
    }

    /** The guest physical address where it starts. */
    public long gpa() {
        return gpa;
    }

    /** Its size in bytes. */
    public long size() {
        return segment.byteSize();
    }

    /** The memory itself, which lives until {@link #close}. */
    public MemorySegment segment() {
        return segment;
    }

    /** Writes all of {@code bytes}. */
    public void write(long offset, byte[] bytes) {
        write(offset, bytes, 0, bytes.length);
    }

    void write(long offset, byte[] bytes, int from, int length) {
        MemorySegment.copy(bytes, from, segment, BYTE, check(offset, length), length);
    }

    /** Reads as many bytes as {@code bytes} has room for. */
    public void read(long offset, byte[] bytes) {
        read(offset, bytes, 0, bytes.length);
    }

    void read(long offset, byte[] bytes, int from, int length) {
        MemorySegment.copy(segment, BYTE, check(offset, length), bytes, from, length);
    }

    /** Reads a byte. */
    public byte readByte(long offset) {
        return segment.get(BYTE, check(offset, Byte.BYTES));
    }

    /** Writes a byte. */
    public void writeByte(long offset, byte value) {
        segment.set(BYTE, check(offset, Byte.BYTES), value);
    }

    /** Reads 4 bytes as a number. */
    public int readInt(long offset) {
        return segment.get(INT, check(offset, Integer.BYTES));
    }

    /** Writes a number as 4 bytes. */
    public void writeInt(long offset, int value) {
        segment.set(INT, check(offset, Integer.BYTES), value);
    }

    /** Reads 8 bytes as a number. */
    public long readLong(long offset) {
        return segment.get(LONG, check(offset, Long.BYTES));
    }

    /** Writes a number as 8 bytes. */
    public void writeLong(long offset, long value) {
        segment.set(LONG, check(offset, Long.BYTES), value);
    }

    /** Returns {@code offset} if that many bytes from there are inside; neither sum nor difference here can overflow. */
    private long check(long offset, int length) {
        if (offset < 0 || offset > size() - length) {
            throw new IndexOutOfBoundsException(
                    "%d bytes at offset 0x%x are not within %s".formatted(length, offset, this));
        }
        return offset;
    }

    /** Whether the slot has the byte at a guest physical address. */
    boolean contains(long address) {
        return address >= gpa && address - gpa < size();
    }

    boolean overlaps(long otherGpa, long otherSize) {
        return gpa < otherGpa + otherSize && otherGpa < gpa + size();
    }

    /** Unmaps the memory the first time. The guest must have no way to it. */
    void unmap() {
        mapping.close();
    }

    /**
     * Takes the memory from the guest and unmaps it. A guest that runs meanwhile finds no memory at these addresses.
     * Does nothing when the slot or the VM is closed.
     */
    @Override
    public void close() {
        vm.remove(this);
        unmap();
    }

    /** Number and range, for people. */
    @Override
    public String toString() {
        return "slot %d [0x%x, 0x%x)".formatted(number, gpa, gpa + size());
    }
}
