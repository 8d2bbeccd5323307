package io.kvm4j;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.MemoryRegionFlag;
import io.kvm4j.uapi.MemoryRegionFlags;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All memory of a guest in one address space, by guest physical address. Any thread may use it, also while the guest runs and while others
 * add, move and close slots; nothing orders its accesses with the guest's. Accesses allocate nothing, unless they say so.
 *
 * <p>An access may span slots that adjoin. Numbers are little-endian and need no alignment. An access of which the guest
 * lacks the memory, in part or whole, throws {@link IndexOutOfBoundsException} that names the hole, and does nothing; one
 * after the VM's close {@link IllegalStateException}. An access that races the end of a slot takes place before or after
 * it, one that spans slots maybe in part before.
 */
public final class GuestMemory {
    /** Replaced, never changed, so that readers need no lock. Changes are made under the VM's lock. */
    private volatile SlotTable table = SlotTable.EMPTY;

    private volatile boolean closed;
    private final SlotNumbers numbers = new SlotNumbers();
    private final CallersSlots callersSlots = new CallersSlots(numbers);
    private final int firstNumber;

    /** The memory of an address space. */
    GuestMemory(int addressSpace) {
        this.firstNumber = addressSpace << MemorySlot.ADDRESS_SPACE_SHIFT;
    }

    /** Makes a slot, tells KVM, and makes it accessible here. The VM's lock is held. */
    MemorySlot add(long gpa, MemoryBacking backing, MemoryRegionFlags flags, Vm vm) {
        MemoryRegionFlags all = flagsFor(backing, flags);
        requireRange(gpa, backing.size());
        requireRoom(gpa, backing.size(), null);
        callersSlots.requireNumber(vm);
        if (backing instanceof MemoryBacking.GuestMemfdPart part) {
            requireUnused(part, vm);
        }
        int number = numbers.free();
        HostMemory memory = HostMemory.of(backing, vm.ioctls(), vm.fd());
        MemorySlot slot = new MemorySlot(vm, firstNumber + number, gpa, backing, memory, all);
        try {
            SlotTable more = table.with(slot);
            slot.tell(vm.ownIoctls(), backing.size());
            numbers.take(number, slot);
            table = more;
            return slot;
        } catch (ErrnoException e) {
            throw Cleanup.after(CallersSlots.explain(e, gpa, backing.size(), number))
                    .run(slot::unmap)
                    .rethrow();
        } catch (Throwable e) {
            throw Cleanup.after(e).run(slot::unmap).rethrow();
        }
    }

    private static MemoryRegionFlags flagsFor(MemoryBacking backing, MemoryRegionFlags flags) {
        if (!MemorySlot.isGuestMemfd(backing)) {
            return flags;
        }
        if (flags.contains(MemoryRegionFlag.KVM_MEM_READONLY)
                || flags.contains(MemoryRegionFlag.KVM_MEM_LOG_DIRTY_PAGES)) {
            throw new IllegalArgumentException("KVM does not take %s for a guest_memfd".formatted(flags));
        }
        return flags.with(MemoryRegionFlag.KVM_MEM_GUEST_MEMFD);
    }

    private static void requireRange(long gpa, long size) {
        long page = Mapping.PAGE_SIZE;
        if (gpa < 0 || gpa % page != 0) {
            throw new IllegalArgumentException(
                    "memory must start at 0 or a positive multiple of %d, not at 0x%x".formatted(page, gpa));
        }
        if (size <= 0 || size % page != 0 || gpa > Long.MAX_VALUE - size) {
            throw new IllegalArgumentException(
                    "memory at 0x%x cannot have 0x%x bytes: a size is a positive multiple of %d, and its end below 2^63"
                            .formatted(gpa, size, page));
        }
    }

    private void requireRoom(long gpa, long size, @Nullable MemorySlot except) {
        MemorySlot other = table.overlapping(gpa, size, except);
        if (other != null) {
            throw new IllegalArgumentException("memory at [0x%x, 0x%x) overlaps %s".formatted(gpa, gpa + size, other));
        }
    }

    /** The slots that callers set by themselves. The VM's lock is held for what they do. */
    CallersSlots callersSlots() {
        return callersSlots;
    }

    private void requireUnused(MemoryBacking.GuestMemfdPart part, Vm vm) {
        if (part.file().vm() != vm) {
            throw new IllegalArgumentException(part.file() + " is another VM's");
        }
        for (MemorySlot slot : table.slots()) {
            if (slot.backing() instanceof MemoryBacking.GuestMemfdPart other && other.overlaps(part)) {
                throw new IllegalArgumentException("0x%x bytes at offset 0x%x of a %s are in part those of %s already"
                        .formatted(part.size(), part.offset(), part.file(), slot));
            }
        }
    }

    /** Moves a slot. The VM's lock is held. */
    void move(MemorySlot slot, long gpa, Vm vm) {
        requireHas(slot);
        requireRange(gpa, slot.size());
        requireRoom(gpa, slot.size(), slot);
        long before = slot.gpa();
        try {
            slot.move(vm.ownIoctls(), gpa);
        } catch (ErrnoException e) {
            throw CallersSlots.explain(e, gpa, slot.size(), slot.number() - firstNumber);
        }
        table = table.without(slot, before).with(slot);
    }

    void requireHas(MemorySlot slot) {
        if (!has(slot)) {
            throw new IllegalStateException(slot + " is closed");
        }
    }

    boolean has(MemorySlot slot) {
        return table.has(slot);
    }

    /** Makes a slot inaccessible here. The VM's lock is held. */
    void remove(MemorySlot slot) {
        table = table.without(slot, slot.gpa());
        numbers.release(slot.number() - firstNumber);
    }

    /** Unmaps all slots once the VM is closed and no guest runs. */
    void close() {
        closed = true;
        List<MemorySlot> slots = table.slots();
        table = SlotTable.EMPTY;
        Cleanup all = new Cleanup();
        for (MemorySlot slot : slots) {
            all.run(slot::unmap);
        }
        all.finish();
    }

    /** Whether it was closed with the VM. */
    public boolean isClosed() {
        return closed;
    }

    /** Every slot, by address. Allocates the list. */
    public List<MemorySlot> slots() {
        return List.copyOf(table.slots());
    }

    /** The slot that has an address. */
    public MemorySlot slotAt(long gpa) {
        requireOpen();
        return table.slotAt(gpa);
    }

    /** Writes all of {@code bytes}. */
    public void write(long gpa, byte[] bytes) {
        write(gpa, bytes, 0, bytes.length);
    }

    /** Writes {@code length} bytes of {@code bytes}, from {@code from} on. */
    public void write(long gpa, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        SlotTable now = current();
        try {
            now.write(gpa, bytes, from, length);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            write(gpa, bytes, from, length);
        }
    }

    /** Reads as many bytes as {@code bytes} has room for. */
    public void read(long gpa, byte[] bytes) {
        read(gpa, bytes, 0, bytes.length);
    }

    /** Reads {@code length} bytes into {@code bytes}, from {@code from} on. */
    public void read(long gpa, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        SlotTable now = current();
        try {
            now.read(gpa, bytes, from, length);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            read(gpa, bytes, from, length);
        }
    }

    /** Writes all bytes of a segment. */
    public void write(long gpa, MemorySegment bytes) {
        SlotTable now = current();
        try {
            now.write(gpa, bytes);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            write(gpa, bytes);
        }
    }

    /** Reads as many bytes as a segment has. */
    public void read(long gpa, MemorySegment bytes) {
        SlotTable now = current();
        try {
            now.read(gpa, bytes);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            read(gpa, bytes);
        }
    }

    /** Writes the same byte to a whole range. */
    public void fill(long gpa, long size, byte value) {
        SlotTable now = current();
        try {
            now.fill(gpa, size, value);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            fill(gpa, size, value);
        }
    }

    /** Reads a byte. */
    public byte readByte(long gpa) {
        SlotTable now = current();
        try {
            return now.readByte(gpa);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            return readByte(gpa);
        }
    }

    /** Writes a byte. */
    public void writeByte(long gpa, byte value) {
        SlotTable now = current();
        try {
            now.writeByte(gpa, value);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            writeByte(gpa, value);
        }
    }

    /** Reads 2 bytes as a number. */
    public short readShort(long gpa) {
        SlotTable now = current();
        try {
            return now.readShort(gpa);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            return readShort(gpa);
        }
    }

    /** Writes a number as 2 bytes. */
    public void writeShort(long gpa, short value) {
        SlotTable now = current();
        try {
            now.writeShort(gpa, value);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            writeShort(gpa, value);
        }
    }

    /** Reads 4 bytes as a number. */
    public int readInt(long gpa) {
        SlotTable now = current();
        try {
            return now.readInt(gpa);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            return readInt(gpa);
        }
    }

    /** Writes a number as 4 bytes. */
    public void writeInt(long gpa, int value) {
        SlotTable now = current();
        try {
            now.writeInt(gpa, value);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            writeInt(gpa, value);
        }
    }

    /** Reads 8 bytes as a number. */
    public long readLong(long gpa) {
        SlotTable now = current();
        try {
            return now.readLong(gpa);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            return readLong(gpa);
        }
    }

    /** Writes a number as 8 bytes. */
    public void writeLong(long gpa, long value) {
        SlotTable now = current();
        try {
            now.writeLong(gpa, value);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            writeLong(gpa, value);
        }
    }

    /**
     * A view of a range within one slot, which may be used until the slot is closed and throws from then on. It keeps
     * standing for the same memory when the slot is moved.
     *
     * @throws IndexOutOfBoundsException if the guest lacks some of it, or it spans slots
     */
    public MemorySegment segment(long gpa, long size) {
        return current().segment(gpa, size);
    }

    /** The address in this process of a byte of the guest, valid until the slot that has it is closed. */
    public long hostAddress(long gpa) {
        SlotTable now = current();
        try {
            return now.hostAddress(gpa);
        } catch (IllegalStateException e) {
            requireChange(now, e);
            return hostAddress(gpa);
        }
    }

    /**
     * The guest physical address of an address in this process; the lowest, if the guest has that memory more than once.
     *
     * @throws IndexOutOfBoundsException if the guest has no such memory
     */
    public long gpaOf(long hostAddress) {
        return current().gpaOf(hostAddress);
    }

    private SlotTable current() {
        SlotTable now = table;
        requireOpen();
        return now;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the VM is closed");
        }
    }

    /** Tells an access that met the end of a slot, and is to be tried again, from one that fails for another reason. */
    private void requireChange(SlotTable then, IllegalStateException reason) {
        requireOpen();
        if (table == then) {
            throw reason;
        }
    }
}
