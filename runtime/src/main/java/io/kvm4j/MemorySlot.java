package io.kvm4j;

import io.kvm4j.posix.Descriptor;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion;
import io.kvm4j.uapi.KvmUserspaceMemoryRegion2;
import io.kvm4j.uapi.KvmVmIoctls;
import io.kvm4j.uapi.MemoryRegionFlag;
import io.kvm4j.uapi.MemoryRegionFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * One range of a guest's memory. It owns the host's mapping, unless the memory is the caller's. Any thread may use it,
 * also while the guest runs: read, write, change and close it. Nothing orders accesses with the guest's. An access that
 * races {@link #close} is either done or refused: memory goes only when no access is under way, and no lock is needed.
 *
 * <p>Offsets count bytes from the start of the slot; {@link GuestMemory} takes guest physical addresses instead. Numbers
 * are little-endian and need no alignment. An access outside the slot throws {@link IndexOutOfBoundsException}, one
 * after {@link #close} {@link IllegalStateException}. Accesses allocate nothing.
 */
public final class MemorySlot implements AutoCloseable {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Where a slot's number has the number of its address space. */
    static final int ADDRESS_SPACE_SHIFT = 16;

    private final Vm vm;
    private final int number;
    private final MemoryBacking backing;
    private final HostMemory memory;
    private final MemorySegment segment;

    // Changed under the VM's lock.
    private volatile long gpa;
    private volatile MemoryRegionFlags flags;
    private volatile boolean closed;

    /** Takes over the memory; the guest has it when {@link #tell} has told KVM. */
    MemorySlot(Vm vm, int number, long gpa, MemoryBacking backing, HostMemory memory, MemoryRegionFlags flags) {
        this.vm = vm;
        this.number = number;
        this.gpa = gpa;
        this.backing = backing;
        this.memory = memory;
        this.segment = memory.segment();
        this.flags = flags;
    }

    /** Tells KVM of this slot as it is, or, with a size of 0, that it is no more. */
    void tell(KvmVmIoctls ioctls, long size) {
        tell(ioctls, gpa, size, flags);
    }

    /** Lets KVM have it elsewhere, and keeps that in mind if KVM agrees. */
    void move(KvmVmIoctls ioctls, long newGpa) {
        tell(ioctls, newGpa, size(), flags);
        gpa = newGpa;
    }

    /** Lets KVM have it with other flags, and keeps those in mind if KVM agrees. */
    void change(KvmVmIoctls ioctls, MemoryRegionFlags newFlags) {
        tell(ioctls, gpa, size(), newFlags);
        flags = newFlags;
    }

    private void tell(KvmVmIoctls ioctls, long start, long size, MemoryRegionFlags with) {
        try (Arena call = Arena.ofConfined()) {
            if (isGuestMemfd() && memory.file() != null) {
                ioctls.setUserMemoryRegion2(KvmUserspaceMemoryRegion2.allocate(call)
                        .slot(number)
                        .flags((int) with.bits())
                        .guestPhysAddr(start)
                        .memorySize(size)
                        .userspaceAddr(segment.address())
                        .guestMemfd(memory.file().fd())
                        .guestMemfdOffset(backing instanceof MemoryBacking.GuestMemfdPart part ? part.offset() : 0));
            } else {
                ioctls.setUserMemoryRegion(KvmUserspaceMemoryRegion.allocate(call)
                        .slot(number)
                        .flags((int) with.bits())
                        .guestPhysAddr(start)
                        .memorySize(size)
                        .userspaceAddr(segment.address()));
            }
        }
    }

    /** The VM whose guest has it. */
    public Vm vm() {
        return vm;
    }

    /** Its number, as KVM_SET_USER_MEMORY_REGION was given: bits 16 to 31 are the number of the address space. */
    public int number() {
        return number;
    }

    /** The number of the address space that it is in, see {@link Vm#memory(int)}. */
    public int addressSpace() {
        return number >>> ADDRESS_SPACE_SHIFT;
    }

    /** The guest physical address where it starts. */
    public long gpa() {
        return gpa;
    }

    /** Its size in bytes. */
    public long size() {
        return segment.byteSize();
    }

    /** The flags that KVM was given. */
    public MemoryRegionFlags flags() {
        return flags;
    }

    /** Where the host takes the memory from. */
    public MemoryBacking backing() {
        return backing;
    }

    private boolean isGuestMemfd() {
        return isGuestMemfd(backing);
    }

    static boolean isGuestMemfd(MemoryBacking backing) {
        return backing instanceof MemoryBacking.GuestMemfd || backing instanceof MemoryBacking.GuestMemfdPart;
    }

    /** The memory itself, which lives until {@link #close}, or, if it is the caller's, as long as the caller says. */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * The descriptor of the file that the memory is of. It stays this object's: do not close it, and do not use it after
     * {@link #close}.
     *
     * @throws UnsupportedOperationException if the backing is no file
     * @throws IllegalStateException if the slot is closed
     */
    public int fd() {
        Descriptor file = memory.file();
        if (file == null) {
            throw new UnsupportedOperationException(this + " is no file: back it by memfd() or guestMemfd()");
        }
        return file.fd();
    }

    /**
     * Moves the slot to another guest physical address. A guest that runs finds its memory at either, and for a moment
     * at neither.
     *
     * @throws IllegalArgumentException if the address is no multiple of the page size, or the range overlaps another slot
     * @throws UnsupportedOperationException if the backing is a guest_memfd
     */
    public void moveTo(long newGpa) {
        if (isGuestMemfd()) {
            throw new UnsupportedOperationException("KVM does not move " + this + ": it is a guest_memfd");
        }
        vm.slots().move(this, newGpa);
    }

    /**
     * Sets whether KVM logs which pages are written to, for a {@link
     * io.kvm4j.dirty.DirtyBitmap} or {@link io.kvm4j.dirty.DirtyRings}.
     *
     * @throws UnsupportedOperationException if the backing is a guest_memfd
     */
    public void logDirtyPages(boolean on) {
        if (isGuestMemfd()) {
            throw new UnsupportedOperationException(
                    "KVM does not log dirty pages of " + this + ": it is a guest_memfd");
        }
        MemoryRegionFlag log = MemoryRegionFlag.KVM_MEM_LOG_DIRTY_PAGES;
        vm.slots().change(this, on ? flags.with(log) : flags.without(log));
    }

    /**
     * Calls ioctls of the VM that name this slot, while nobody can close it. Others who change the VM wait meanwhile.
     *
     * @throws IllegalStateException if the slot or the VM is closed
     */
    public void tell(Consumer<KvmVmIoctls> calls) {
        vm.slots().tell(this, calls);
    }

    /**
     * Advises the host's kernel about the whole slot.
     *
     * @throws io.kvm4j.uapi.ErrnoException if the kernel refuses
     */
    public void advise(MemoryAdvice advice) {
        advise(0, size(), advice);
    }

    /**
     * Advises the host's kernel about some pages.
     *
     * @param offset a multiple of the page size
     * @param size a multiple of the page size
     * @throws io.kvm4j.uapi.ErrnoException if the kernel refuses
     */
    public void advise(long offset, long size, MemoryAdvice advice) {
        check(offset, size);
        if ((offset | size) % Mapping.PAGE_SIZE != 0) {
            throw new IllegalArgumentException(
                    "0x%x bytes at offset 0x%x are no whole pages of %d".formatted(size, offset, Mapping.PAGE_SIZE));
        }
        Mapping.advise(segment.asSlice(offset, size), advice.number(), advice.macro());
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

    /** Reads 2 bytes as a number. */
    public short readShort(long offset) {
        return segment.get(SHORT, check(offset, Short.BYTES));
    }

    /** Writes a number as 2 bytes. */
    public void writeShort(long offset, short value) {
        segment.set(SHORT, check(offset, Short.BYTES), value);
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
    private long check(long offset, long length) {
        requireOpen();
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw new IndexOutOfBoundsException(
                    "%d bytes at offset 0x%x are not within %s".formatted(length, offset, this));
        }
        return offset;
    }

    /** Whether it was closed, by {@link #close} or with the VM. */
    public boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    /** Refuses accesses from now on, and unmaps the memory the first time. The guest must have no way to it. */
    void unmap() {
        closed = true;
        memory.close();
    }

    /**
     * Takes the memory from the guest and unmaps it, unless it is the caller's. A guest that runs meanwhile finds no memory
     * at these addresses. Does nothing when the slot or the VM is closed.
     *
     * @throws io.kvm4j.uapi.ErrnoException if KVM does not take it from the guest: then it stays as it is, until the VM is
     *     closed
     * @throws IllegalStateException if a native call uses the memory for longer than a second: then the guest has lost it,
     *     and it is unmapped as soon as that call returns
     */
    @Override
    public void close() {
        vm.slots().remove(this);
    }

    /** Number and range, for people. */
    @Override
    public String toString() {
        String space = addressSpace() == 0 ? "" : " of address space " + addressSpace();
        int numberInSpace = number & (1 << ADDRESS_SPACE_SHIFT) - 1;
        return "slot %d%s [0x%x, 0x%x)".formatted(numberInSpace, space, gpa, gpa + size());
    }
}
