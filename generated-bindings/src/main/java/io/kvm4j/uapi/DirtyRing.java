package io.kvm4j.uapi;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The pages that one vCPU wrote, in the order of the first write: what {@code KVM_CAP_DIRTY_LOG_RING} or {@code
 * KVM_CAP_DIRTY_LOG_RING_ACQ_REL} gives instead of a bitmap. {@link #next} harvests one entry after the other while the
 * vCPU runs; {@link KvmVmIoctls#resetDirtyRings} then takes the harvested ones back. One thread at a time may harvest; no
 * method allocates.
 *
 * <p>Block signals in the thread that resets. Since Linux 6.16 a pending signal stops the reset, and KVM then no longer
 * notices writes to up to 64 of the pages that it has just reset.
 *
 * <p>An entry changes hands by its flags: KVM publishes it, and this gives it back, with release and acquire ordering,
 * which every architecture may rely on.
 */
public final class DirtyRing {
    private static final VarHandle FLAGS = ValueLayout.JAVA_INT.varHandle();
    private static final long FLAGS_OFFSET = offset("flags");
    private static final long SLOT_OFFSET = offset("slot");
    private static final long OFFSET_OFFSET = offset("offset");
    private static final long ENTRY = KvmDirtyGfn.LAYOUT.byteSize();

    private final MemorySegment ring;
    private final long entries;
    private long position;

    /** How many entries before {@link #position} were harvested and, when last looked at, not reset. */
    private long notReset;

    private int slot;
    private long offset;

    private DirtyRing(MemorySegment ring) {
        this.ring = ring;
        this.entries = ring.byteSize() / ENTRY;
    }

    /**
     * The ring in a vCPU's memory.
     *
     * @param ring what was mapped of the vCPU's descriptor at page KVM_DIRTY_LOG_PAGE_OFFSET, as large as the capability
     *     was turned on with; it must not be closed before this is used for the last time
     * @throws IllegalArgumentException if it is no whole number of entries
     */
    public static DirtyRing of(MemorySegment ring) {
        if (ring.byteSize() == 0 || ring.byteSize() % ENTRY != 0) {
            throw new IllegalArgumentException(
                    "a dirty ring is made of entries of %d bytes, not of %d bytes".formatted(ENTRY, ring.byteSize()));
        }
        return new DirtyRing(ring);
    }

    /**
     * Harvests the next entry, if there is one: {@link #slot} and {@link #offset} then tell its page, and the entry waits
     * to be reset.
     *
     * @return whether there was one
     */
    public boolean next() {
        long entry = position * ENTRY;
        int flags = (int) FLAGS.getAcquire(ring, entry + FLAGS_OFFSET);
        if ((flags & KvmConstants.KVM_DIRTY_GFN_F_MASK) != KvmConstants.KVM_DIRTY_GFN_F_DIRTY) {
            return false;
        }
        slot = ring.get(ValueLayout.JAVA_INT, entry + SLOT_OFFSET);
        offset = ring.get(ValueLayout.JAVA_LONG, entry + OFFSET_OFFSET);
        FLAGS.setRelease(ring, entry + FLAGS_OFFSET, (int) KvmConstants.KVM_DIRTY_GFN_F_RESET);
        position = (position + 1) % entries;
        notReset = Math.min(notReset + 1, entries);
        return true;
    }

    /**
     * Returns how many harvested entries KVM has not reset yet. It is 0 after a complete {@link
     * KvmVmIoctls#resetDirtyRings}, which since Linux 6.16 stops at a pending signal: then call it again.
     */
    public long notReset() {
        while (notReset > 0 && !isHarvested(Math.floorMod(position - notReset, entries))) {
            notReset--;
        }
        return notReset;
    }

    private boolean isHarvested(long index) {
        int flags = (int) FLAGS.getAcquire(ring, index * ENTRY + FLAGS_OFFSET);
        return (flags & KvmConstants.KVM_DIRTY_GFN_F_RESET) != 0;
    }

    /** The memory slot of the page last harvested, in bits 16 to 31 the number of its address space. */
    public int slot() {
        return slot;
    }

    /** Which page of its slot was last harvested, counted in pages from the slot's start. */
    public long offset() {
        return offset;
    }

    private static long offset(String field) {
        return KvmDirtyGfn.LAYOUT.byteOffset(PathElement.groupElement(field));
    }
}
