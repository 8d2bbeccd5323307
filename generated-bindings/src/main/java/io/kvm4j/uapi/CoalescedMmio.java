package io.kvm4j.uapi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The guest's writes that KVM collected for the zones of {@link KvmVmIoctls#registerCoalescedMmio}, oldest first. {@link
 * #next} takes one after the other, which is due after every exit: what was collected happened before it. All vCPUs of a
 * VM share one ring: one thread at a time may take, and each vCPU's mapping shows the same. No method allocates.
 *
 * <p>KVM writes an entry before it moves {@code last}, and may write it again once {@code first} has moved past it: hence
 * {@code last} is read with acquire, {@code first} written with release ordering.
 */
public final class CoalescedMmio {
    private static final VarHandle INDEX = ValueLayout.JAVA_INT.varHandle();
    private static final long FIRST = KvmCoalescedMmioRing.LAYOUT.byteOffset(PathElement.groupElement("first"));
    private static final long LAST = KvmCoalescedMmioRing.LAYOUT.byteOffset(PathElement.groupElement("last"));
    private static final long ENTRIES = KvmCoalescedMmioRing.LAYOUT.byteSize();
    private static final long ENTRY = KvmCoalescedMmio.LAYOUT.byteSize();

    private final MemorySegment page;
    private final int capacity;
    private final KvmCoalescedMmio entry;

    private CoalescedMmio(MemorySegment page) {
        this.page = page;
        this.capacity = (int) ((page.byteSize() - ENTRIES) / ENTRY);
        this.entry = KvmCoalescedMmio.allocate(Arena.ofAuto());
    }

    /**
     * The ring in a vCPU's memory.
     *
     * @param page the page of the vCPU's shared area that {@code KVM_CAP_COALESCED_MMIO} counts to: its value times the
     *     page size is where it starts; it must be a whole page, whose size tells how many entries there are, and must
     *     not be closed before this is used for the last time
     * @throws IllegalArgumentException if it has no room for an entry
     */
    public static CoalescedMmio of(MemorySegment page) {
        if (page.byteSize() < ENTRIES + ENTRY) {
            throw new IllegalArgumentException("a page has more than %d bytes".formatted(page.byteSize()));
        }
        return new CoalescedMmio(page);
    }

    /**
     * Takes the oldest write, if there is one.
     *
     * @return whether there was one, which {@link #write} then tells
     * @throws IllegalStateException if the ring's indices lie outside it
     */
    public boolean next() {
        int last = (int) INDEX.getAcquire(page, LAST);
        int first = (int) INDEX.get(page, FIRST);
        requireInside(first);
        requireInside(last);
        if (first == last) {
            return false;
        }
        MemorySegment.copy(page, ENTRIES + first * ENTRY, entry.segment(), 0, ENTRY);
        INDEX.setRelease(page, FIRST, (first + 1) % capacity);
        return true;
    }

    private void requireInside(int index) {
        if (Integer.compareUnsigned(index, capacity) >= 0) {
            throw new IllegalStateException(
                    "entry %d of a ring of %d".formatted(Integer.toUnsignedLong(index), capacity));
        }
    }

    /** How many entries the ring has, one of which KVM always leaves free. */
    public int capacity() {
        return capacity;
    }

    /**
     * The write last taken, a copy that stays until {@link #next}: where it went ({@code phys_addr}; a port if {@code
     * pio} is 1), its bytes ({@code len} of {@code data}).
     */
    public KvmCoalescedMmio write() {
        return entry;
    }

    /** The value last written, zero-extended; x86_64, aarch64 and riscv64 store it with the lowest byte first. */
    public long value() {
        int length = Math.clamp(entry.len(), 0, Long.BYTES);
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) entry.data(i) << (i * Byte.SIZE);
        }
        return value;
    }
}
