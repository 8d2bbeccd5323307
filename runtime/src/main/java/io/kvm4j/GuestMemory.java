package io.kvm4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All memory of a guest, by guest physical address. Any thread may use it, also while the guest runs; nothing orders its
 * accesses with the guest's. Single accesses allocate nothing.
 *
 * <p>An access may span slots that adjoin. Numbers are little-endian and need no alignment. An access to an address
 * where the guest has no memory throws {@link IndexOutOfBoundsException}, one after the VM's close
 * {@link IllegalStateException}.
 */
public final class GuestMemory {
    private static final long PAGE_SIZE = 4096;

    /** By address; replaced, never changed, so that readers need no lock. */
    private volatile MemorySlot[] slots = {};

    private volatile boolean closed;

    GuestMemory() {}

    /** Makes a slot, tells KVM, and makes it accessible here. The VM's lock is held. */
    MemorySlot add(long gpa, long size, Vm vm) {
        requireRange(gpa, size);
        for (MemorySlot other : slots) {
            if (other.overlaps(gpa, size)) {
                throw new IllegalArgumentException(
                        "memory at [0x%x, 0x%x) overlaps %s".formatted(gpa, gpa + size, other));
            }
        }
        MemorySlot slot = new MemorySlot(vm, freeNumber(), gpa, size);
        try {
            slot.region(vm.ioctls(), size);
        } catch (RuntimeException e) {
            slot.unmap();
            throw e;
        }
        List<MemorySlot> all = new ArrayList<>(List.of(slots));
        all.add(slot);
        all.sort(Comparator.comparingLong(MemorySlot::gpa));
        slots = all.toArray(MemorySlot[]::new);
        return slot;
    }

    private static void requireRange(long gpa, long size) {
        if (gpa < 0 || gpa % PAGE_SIZE != 0) {
            throw new IllegalArgumentException(
                    "memory must start at a positive multiple of %d, not at 0x%x".formatted(PAGE_SIZE, gpa));
        }
        if (size <= 0 || size % PAGE_SIZE != 0 || gpa > Long.MAX_VALUE - size) {
            throw new IllegalArgumentException(
                    "memory at 0x%x cannot have 0x%x bytes: a size is a positive multiple of %d, and its end below 2^63"
                            .formatted(gpa, size, PAGE_SIZE));
        }
    }

    private int freeNumber() {
        int number = 0;
        while (isTaken(number)) {
            number++;
        }
        return number;
    }

    private boolean isTaken(int number) {
        for (MemorySlot slot : slots) {
            if (slot.number() == number) {
                return true;
            }
        }
        return false;
    }

    boolean has(MemorySlot slot) {
        return List.of(slots).contains(slot);
    }

    /** Makes a slot inaccessible here. The VM's lock is held. */
    void remove(MemorySlot slot) {
        List<MemorySlot> remaining = new ArrayList<>(List.of(slots));
        remaining.remove(slot);
        slots = remaining.toArray(MemorySlot[]::new);
    }

    /** Unmaps all slots once the VM is gone; again for those that could not be unmapped before. */
    void close() {
        closed = true;
        for (MemorySlot slot : slots) {
            slot.unmap();
            remove(slot);
        }
    }

    /** Every slot, by address. */
    public List<MemorySlot> slots() {
        return List.of(slots);
    }

    /** Writes all of {@code bytes}, or none if the guest lacks memory for some. */
    public void write(long gpa, byte[] bytes) {
        requireMemory(gpa, bytes.length);
        int done = 0;
        while (done < bytes.length) {
            long at = gpa + done;
            MemorySlot slot = slotAt(at);
            int length = lengthWithin(slot, at, bytes.length - done);
            slot.write(at - slot.gpa(), bytes, done, length);
            done += length;
        }
    }

    /** Reads as many bytes as {@code bytes} has room for. */
    public void read(long gpa, byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            long at = gpa + done;
            MemorySlot slot = slotAt(at);
            int length = lengthWithin(slot, at, bytes.length - done);
            slot.read(at - slot.gpa(), bytes, done, length);
            done += length;
        }
    }

    /** Reads a byte. */
    public byte readByte(long gpa) {
        MemorySlot slot = slotAt(gpa);
        return slot.readByte(gpa - slot.gpa());
    }

    /** Writes a byte. */
    public void writeByte(long gpa, byte value) {
        MemorySlot slot = slotAt(gpa);
        slot.writeByte(gpa - slot.gpa(), value);
    }

    /** Reads 4 bytes as a number. */
    public int readInt(long gpa) {
        MemorySlot slot = slotAt(gpa);
        return fits(slot, gpa, Integer.BYTES) ? slot.readInt(gpa - slot.gpa()) : (int) readBytewise(gpa, Integer.BYTES);
    }

    /** Writes a number as 4 bytes. */
    public void writeInt(long gpa, int value) {
        MemorySlot slot = slotAt(gpa);
        if (fits(slot, gpa, Integer.BYTES)) {
            slot.writeInt(gpa - slot.gpa(), value);
        } else {
            requireMemory(gpa, Integer.BYTES);
            writeBytewise(gpa, value, Integer.BYTES);
        }
    }

    /** Reads 8 bytes as a number. */
    public long readLong(long gpa) {
        MemorySlot slot = slotAt(gpa);
        return fits(slot, gpa, Long.BYTES) ? slot.readLong(gpa - slot.gpa()) : readBytewise(gpa, Long.BYTES);
    }

    /** Writes a number as 8 bytes. */
    public void writeLong(long gpa, long value) {
        MemorySlot slot = slotAt(gpa);
        if (fits(slot, gpa, Long.BYTES)) {
            slot.writeLong(gpa - slot.gpa(), value);
        } else {
            requireMemory(gpa, Long.BYTES);
            writeBytewise(gpa, value, Long.BYTES);
        }
    }

    private long readBytewise(long gpa, int length) {
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = (value << Byte.SIZE) | Byte.toUnsignedLong(readByte(gpa + i));
        }
        return value;
    }

    private void writeBytewise(long gpa, long value, int length) {
        for (int i = 0; i < length; i++) {
            writeByte(gpa + i, (byte) (value >>> (i * Byte.SIZE)));
        }
    }

    private void requireMemory(long gpa, int length) {
        for (int seen = 0; seen < length; ) {
            MemorySlot slot = slotAt(gpa + seen);
            seen += lengthWithin(slot, gpa + seen, length - seen);
        }
    }

    private static boolean fits(MemorySlot slot, long gpa, int length) {
        return gpa - slot.gpa() <= slot.size() - length;
    }

    private static int lengthWithin(MemorySlot slot, long gpa, int wanted) {
        return (int) Math.min(wanted, slot.size() - (gpa - slot.gpa()));
    }

    private MemorySlot slotAt(long gpa) {
        for (MemorySlot slot : slots) {
            if (slot.contains(gpa)) {
                return slot;
            }
        }
        if (closed) {
            throw new IllegalStateException("the VM is closed");
        }
        throw new IndexOutOfBoundsException("the guest has no memory at 0x%x".formatted(gpa));
    }
}
