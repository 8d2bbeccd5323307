package io.kvm4j;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the slots of a guest were at one moment, and access to them by address. It never changes, so that readers need no
 * lock: an access to a slot that has gone since throws IllegalStateException. With n slots, an access finds its slot in
 * log n steps, and a table with one slot more or less costs as much.
 */
final class SlotTable {
    static final SlotTable EMPTY = new SlotTable(null, null, 0);

    /** A slot and where the guest had it then. */
    private record Place(MemorySlot slot, long start, long end) {
        Place(MemorySlot slot) {
            long gpa = slot.gpa();
            this(slot, gpa, gpa + slot.size());
        }

        boolean fits(long gpa, long length) {
            return length <= end - gpa;
        }
    }

    private final @Nullable RangeTree<Place> byGpa;
    private final @Nullable RangeTree<Place> byHostAddress;
    private final int size;

    private SlotTable(@Nullable RangeTree<Place> byGpa, @Nullable RangeTree<Place> byHostAddress, int size) {
        this.byGpa = byGpa;
        this.byHostAddress = byHostAddress;
        this.size = size;
    }

    /** The table with one slot more, where the slot is now. */
    SlotTable with(MemorySlot slot) {
        Place place = new Place(slot);
        long host = slot.segment().address();
        return new SlotTable(
                RangeTree.with(byGpa, place.start, place.end, place.start, place),
                RangeTree.with(byHostAddress, host, host + slot.size(), place.start, place),
                size + 1);
    }

    /** The table without a slot that it has at a guest physical address. */
    SlotTable without(MemorySlot slot, long gpa) {
        return new SlotTable(
                RangeTree.without(byGpa, gpa, gpa),
                RangeTree.without(byHostAddress, slot.segment().address(), gpa),
                size - 1);
    }

    /** All slots, by address. */
    List<MemorySlot> slots() {
        List<MemorySlot> slots = new ArrayList<>(size);
        RangeTree.forEach(byGpa, place -> slots.add(place.slot));
        return slots;
    }

    int size() {
        return size;
    }

    /** Whether it has a slot where the slot is now. */
    boolean has(MemorySlot slot) {
        Place place = RangeTree.lastFrom(byGpa, slot.gpa());
        return place != null && place.slot == slot;
    }

    /** The first slot other than {@code except} that has a byte of the range, whose end is below 2^63. */
    @Nullable
    MemorySlot overlapping(long gpa, long length, @Nullable MemorySlot except) {
        Place place = RangeTree.lastFrom(byGpa, gpa);
        if (place == null || place.end <= gpa || place.slot == except) {
            place = RangeTree.firstAbove(byGpa, gpa);
        }
        if (place != null && place.slot == except) {
            place = RangeTree.firstAbove(byGpa, place.start);
        }
        return place != null && place.start < gpa + length ? place.slot : null;
    }

    byte readByte(long gpa) {
        Place place = at(gpa, Byte.BYTES);
        return place.slot.readByte(gpa - place.start);
    }

    void writeByte(long gpa, byte value) {
        Place place = at(gpa, Byte.BYTES);
        place.slot.writeByte(gpa - place.start, value);
    }

    short readShort(long gpa) {
        Place place = at(gpa, Short.BYTES);
        return place.fits(gpa, Short.BYTES)
                ? place.slot.readShort(gpa - place.start)
                : (short) readBytewise(gpa, Short.BYTES);
    }

    void writeShort(long gpa, short value) {
        Place place = at(gpa, Short.BYTES);
        if (place.fits(gpa, Short.BYTES)) {
            place.slot.writeShort(gpa - place.start, value);
        } else {
            writeBytewise(gpa, value, Short.BYTES);
        }
    }

    int readInt(long gpa) {
        Place place = at(gpa, Integer.BYTES);
        return place.fits(gpa, Integer.BYTES)
                ? place.slot.readInt(gpa - place.start)
                : (int) readBytewise(gpa, Integer.BYTES);
    }

    void writeInt(long gpa, int value) {
        Place place = at(gpa, Integer.BYTES);
        if (place.fits(gpa, Integer.BYTES)) {
            place.slot.writeInt(gpa - place.start, value);
        } else {
            writeBytewise(gpa, value, Integer.BYTES);
        }
    }

    long readLong(long gpa) {
        Place place = at(gpa, Long.BYTES);
        return place.fits(gpa, Long.BYTES) ? place.slot.readLong(gpa - place.start) : readBytewise(gpa, Long.BYTES);
    }

    void writeLong(long gpa, long value) {
        Place place = at(gpa, Long.BYTES);
        if (place.fits(gpa, Long.BYTES)) {
            place.slot.writeLong(gpa - place.start, value);
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
            Place place = at(gpa + done, length - done);
            int part = (int) Math.min(length - done, place.end - (gpa + done));
            place.slot.read(gpa + done - place.start, bytes, from + done, part);
            done += part;
        }
    }

    void write(long gpa, byte[] bytes, int from, int length) {
        require(gpa, length);
        for (int done = 0; done < length; ) {
            Place place = at(gpa + done, length - done);
            int part = (int) Math.min(length - done, place.end - (gpa + done));
            place.slot.write(gpa + done - place.start, bytes, from + done, part);
            done += part;
        }
    }

    void read(long gpa, MemorySegment to) {
        long length = to.byteSize();
        require(gpa, length);
        for (long done = 0; done < length; ) {
            Place place = at(gpa + done, length - done);
            long part = Math.min(length - done, place.end - (gpa + done));
            MemorySegment.copy(place.slot.segment(), gpa + done - place.start, to, done, part);
            done += part;
        }
    }

    void write(long gpa, MemorySegment from) {
        long length = from.byteSize();
        require(gpa, length);
        for (long done = 0; done < length; ) {
            Place place = at(gpa + done, length - done);
            long part = Math.min(length - done, place.end - (gpa + done));
            MemorySegment.copy(from, done, place.slot.segment(), gpa + done - place.start, part);
            done += part;
        }
    }

    void fill(long gpa, long length, byte value) {
        require(gpa, length);
        for (long done = 0; done < length; ) {
            Place place = at(gpa + done, length - done);
            long part = Math.min(length - done, place.end - (gpa + done));
            place.slot.segment().asSlice(gpa + done - place.start, part).fill(value);
            done += part;
        }
    }

    MemorySegment segment(long gpa, long length) {
        require(gpa, Math.max(length, 1));
        Place place = at(gpa, length);
        if (!place.fits(gpa, length)) {
            throw new IndexOutOfBoundsException(
                    "%d bytes at 0x%x are no one piece of host memory: %s ends before them, and the next slot is elsewhere"
                            .formatted(length, gpa, place.slot));
        }
        return place.slot.segment().asSlice(gpa - place.start, length);
    }

    long hostAddress(long gpa) {
        Place place = at(gpa, 1);
        place.slot.requireOpen();
        return place.slot.segment().address() + (gpa - place.start);
    }

    long gpaOf(long hostAddress) {
        Place place = RangeTree.lowestAt(byHostAddress, hostAddress);
        if (place == null) {
            throw new IndexOutOfBoundsException("host address 0x%x is no memory of the guest".formatted(hostAddress));
        }
        return place.start + (hostAddress - place.slot.segment().address());
    }

    MemorySlot slotAt(long gpa) {
        return at(gpa, 1).slot;
    }

    /** The slot that has an address; the length is for people. */
    private Place at(long gpa, long length) {
        Place place = RangeTree.lastFrom(byGpa, gpa);
        if (place == null || gpa >= place.end) {
            throw hole(gpa, length, gpa);
        }
        return place;
    }

    /** Sees to it that the guest has all of a range. */
    private void require(long gpa, long length) {
        if (length < 0) {
            throw new IndexOutOfBoundsException("%d bytes at 0x%x are no range".formatted(length, gpa));
        }
        for (long done = 0; done < length; ) {
            long next = gpa + done;
            Place place = RangeTree.lastFrom(byGpa, next);
            if (next < gpa || place == null || next >= place.end) {
                throw hole(gpa, length, next);
            }
            done += place.end - next;
        }
    }

    /** Names what is missing: the stretch without memory that an access runs into. */
    private IndexOutOfBoundsException hole(long gpa, long length, long missing) {
        if (missing < 0) {
            return new IndexOutOfBoundsException(
                    "%d bytes at 0x%x: guest memory lies below 2^63".formatted(length, gpa));
        }
        Place before = RangeTree.lastFrom(byGpa, missing);
        Place after = RangeTree.firstAbove(byGpa, missing);
        String from = before == null ? "0x0" : "0x%x".formatted(before.end);
        String to = after == null ? "2^63" : "0x%x".formatted(after.start);
        return new IndexOutOfBoundsException("the guest has no memory at [%s, %s), where %s at 0x%x would be"
                .formatted(from, to, length == 1 ? "a byte" : length + " bytes", gpa));
    }
}
