package io.kvm4j;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Where the slots of a guest were at one moment, and access to them by address. It never changes, so that readers need no
 * lock: an access to a slot that has gone since throws IllegalStateException.
 */
final class SlotTable {
    static final SlotTable EMPTY = new SlotTable(new MemorySlot[0]);

    private final MemorySlot[] slots;
    private final long[] starts;
    private final long[] ends;

    private SlotTable(MemorySlot[] slots) {
        this.slots = slots;
        this.starts = Arrays.stream(slots).mapToLong(MemorySlot::gpa).toArray();
        this.ends = Arrays.stream(slots).mapToLong(s -> s.gpa() + s.size()).toArray();
    }

    /** The table with one slot more. */
    SlotTable with(MemorySlot slot) {
        MemorySlot[] more = Arrays.copyOf(slots, slots.length + 1);
        more[slots.length] = slot;
        return sorted(more);
    }

    SlotTable without(MemorySlot slot) {
        return new SlotTable(Arrays.stream(slots).filter(s -> s != slot).toArray(MemorySlot[]::new));
    }

    /** The same slots where they are now. */
    SlotTable anew() {
        return sorted(slots.clone());
    }

    private static SlotTable sorted(MemorySlot[] slots) {
        Arrays.sort(slots, Comparator.comparingLong(MemorySlot::gpa));
        return new SlotTable(slots);
    }

    MemorySlot[] slots() {
        return slots.clone();
    }

    int size() {
        return slots.length;
    }

    boolean has(MemorySlot slot) {
        return Arrays.asList(slots).contains(slot);
    }

    /** A slot other than {@code except} that has a byte of the range, whose end is below 2^63. */
    @Nullable
    MemorySlot overlapping(long gpa, long size, @Nullable MemorySlot except) {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] != except && starts[i] < gpa + size && gpa < ends[i]) {
                return slots[i];
            }
        }
        return null;
    }

    byte readByte(long gpa) {
        int i = at(gpa, Byte.BYTES);
        return slots[i].readByte(gpa - starts[i]);
    }

    void writeByte(long gpa, byte value) {
        int i = at(gpa, Byte.BYTES);
        slots[i].writeByte(gpa - starts[i], value);
    }

    short readShort(long gpa) {
        int i = at(gpa, Short.BYTES);
        return fits(i, gpa, Short.BYTES) ? slots[i].readShort(gpa - starts[i]) : (short) readBytewise(gpa, Short.BYTES);
    }

    void writeShort(long gpa, short value) {
        int i = at(gpa, Short.BYTES);
        if (fits(i, gpa, Short.BYTES)) {
            slots[i].writeShort(gpa - starts[i], value);
        } else {
            writeBytewise(gpa, value, Short.BYTES);
        }
    }

    int readInt(long gpa) {
        int i = at(gpa, Integer.BYTES);
        return fits(i, gpa, Integer.BYTES) ? slots[i].readInt(gpa - starts[i]) : (int) readBytewise(gpa, Integer.BYTES);
    }

    void writeInt(long gpa, int value) {
        int i = at(gpa, Integer.BYTES);
        if (fits(i, gpa, Integer.BYTES)) {
            slots[i].writeInt(gpa - starts[i], value);
        } else {
            writeBytewise(gpa, value, Integer.BYTES);
        }
    }

    long readLong(long gpa) {
        int i = at(gpa, Long.BYTES);
        return fits(i, gpa, Long.BYTES) ? slots[i].readLong(gpa - starts[i]) : readBytewise(gpa, Long.BYTES);
    }

    void writeLong(long gpa, long value) {
        int i = at(gpa, Long.BYTES);
        if (fits(i, gpa, Long.BYTES)) {
            slots[i].writeLong(gpa - starts[i], value);
        } else {
            writeBytewise(gpa, value, Long.BYTES);
        }
    }

    private long readBytewise(long gpa, int length) {
        require(gpa, length);
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = (value << Byte.SIZE) | Byte.toUnsignedLong(readByte(gpa + i));
        }
        return value;
    }

    private void writeBytewise(long gpa, long value, int length) {
        require(gpa, length);
        for (int i = 0; i < length; i++) {
            writeByte(gpa + i, (byte) (value >>> (i * Byte.SIZE)));
        }
    }

    void read(long gpa, byte[] bytes, int from, int length) {
        require(gpa, length);
        for (int done = 0; done < length; ) {
            int i = at(gpa + done, length - done);
            int part = (int) Math.min(length - done, ends[i] - (gpa + done));
            slots[i].read(gpa + done - starts[i], bytes, from + done, part);
            done += part;
        }
    }

    void write(long gpa, byte[] bytes, int from, int length) {
        require(gpa, length);
        for (int done = 0; done < length; ) {
            int i = at(gpa + done, length - done);
            int part = (int) Math.min(length - done, ends[i] - (gpa + done));
            slots[i].write(gpa + done - starts[i], bytes, from + done, part);
            done += part;
        }
    }

    void read(long gpa, MemorySegment to) {
        long length = to.byteSize();
        require(gpa, length);
        for (long done = 0; done < length; ) {
            int i = at(gpa + done, length - done);
            long part = Math.min(length - done, ends[i] - (gpa + done));
            MemorySegment.copy(slots[i].segment(), gpa + done - starts[i], to, done, part);
            done += part;
        }
    }

    void write(long gpa, MemorySegment from) {
        long length = from.byteSize();
        require(gpa, length);
        for (long done = 0; done < length; ) {
            int i = at(gpa + done, length - done);
            long part = Math.min(length - done, ends[i] - (gpa + done));
            MemorySegment.copy(from, done, slots[i].segment(), gpa + done - starts[i], part);
            done += part;
        }
    }

    void fill(long gpa, long length, byte value) {
        require(gpa, length);
        for (long done = 0; done < length; ) {
            int i = at(gpa + done, length - done);
            long part = Math.min(length - done, ends[i] - (gpa + done));
            slots[i].segment().asSlice(gpa + done - starts[i], part).fill(value);
            done += part;
        }
    }

    MemorySegment segment(long gpa, long length) {
        require(gpa, Math.max(length, 1));
        int i = at(gpa, length);
        if (!fits(i, gpa, length)) {
            throw new IndexOutOfBoundsException(
                    "%d bytes at 0x%x are no one piece of host memory: %s ends before them, and the next slot is elsewhere"
                            .formatted(length, gpa, slots[i]));
        }
        return slots[i].segment().asSlice(gpa - starts[i], length);
    }

    long hostAddress(long gpa) {
        int i = at(gpa, 1);
        slots[i].requireOpen();
        return slots[i].segment().address() + (gpa - starts[i]);
    }

    long gpaOf(long hostAddress) {
        for (int i = 0; i < slots.length; i++) {
            long offset = hostAddress - slots[i].segment().address();
            if (offset >= 0 && offset < ends[i] - starts[i]) {
                return starts[i] + offset;
            }
        }
        throw new IndexOutOfBoundsException("host address 0x%x is no memory of the guest".formatted(hostAddress));
    }

    MemorySlot slotAt(long gpa) {
        return slots[at(gpa, 1)];
    }

    /** The index of the slot that has an address; the length is for people. */
    private int at(long gpa, long length) {
        int i = lastFrom(gpa);
        if (i < 0 || gpa >= ends[i]) {
            throw hole(gpa, length, gpa, i);
        }
        return i;
    }

    /** The index of the last slot that starts at or below an address, or -1. */
    private int lastFrom(long gpa) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (starts[middle] <= gpa) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private boolean fits(int slot, long gpa, long length) {
        return length <= ends[slot] - gpa;
    }

    /** Sees to it that the guest has all of a range. */
    private void require(long gpa, long length) {
        if (length < 0) {
            throw new IndexOutOfBoundsException("%d bytes at 0x%x are no range".formatted(length, gpa));
        }
        for (long done = 0; done < length; ) {
            long next = gpa + done;
            int i = lastFrom(next);
            if (next < gpa || i < 0 || next >= ends[i]) {
                throw hole(gpa, length, next, i);
            }
            done += ends[i] - next;
        }
    }

    /** Names what is missing: the stretch without memory that an access runs into. */
    private IndexOutOfBoundsException hole(long gpa, long length, long missing, int slotBefore) {
        if (missing < 0) {
            return new IndexOutOfBoundsException(
                    "%d bytes at 0x%x: guest memory lies below 2^63".formatted(length, gpa));
        }
        String from = slotBefore < 0 ? "0x0" : "0x%x".formatted(ends[slotBefore]);
        String to = slotBefore + 1 < starts.length ? "0x%x".formatted(starts[slotBefore + 1]) : "2^63";
        return new IndexOutOfBoundsException("the guest has no memory at [%s, %s), where %s at 0x%x would be"
                .formatted(from, to, length == 1 ? "a byte" : length + " bytes", gpa));
    }
}
