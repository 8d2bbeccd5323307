package io.kvm4j.dirty;

import io.kvm4j.MemorySlot;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.KvmClearDirtyLog;
import io.kvm4j.uapi.KvmDirtyLog;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The pages of a slot that were written to since they were read last: {@code KVM_GET_DIRTY_LOG}. For one thread at a time;
 * the guest may run. The slot must log its pages, see {@link MemorySlot#logDirtyPages}.
 *
 * <p>A VM with KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 enabled forgets no page when it is read, only when it is cleared: that
 * spares the guest the faults for pages that nobody has looked at yet. Then clear pages before copying them, not after:
 * what is written from then on is noticed again.
 */
public final class DirtyBitmap extends DirtyPages {
    private final KvmDirtyLog log;
    private final KvmClearDirtyLog clear;

    // Made once, so that calls allocate nothing.
    private final Consumer<KvmVmIoctls> readCall;
    private final Consumer<KvmVmIoctls> clearCall;

    private DirtyBitmap(MemorySlot slot) {
        super(slot, Mapping.PAGE_SIZE);
        Arena arena = Arena.ofAuto();
        this.log = KvmDirtyLog.allocate(arena).slot(slot.number()).dirtyBitmap(bits().address());
        this.clear = KvmClearDirtyLog.allocate(arena).slot(slot.number());
        this.readCall = ioctls -> ioctls.getDirtyLog(log);
        this.clearCall = ioctls -> ioctls.clearDirtyLog(clear);
    }

    /** The bitmap of a slot. Several bitmaps of one slot take pages away from each other. */
    public static DirtyBitmap of(MemorySlot slot) {
        return new DirtyBitmap(slot);
    }

    /**
     * Replaces what this holds by the pages that KVM knows, which forgets them unless it is to do so by hand. Allocates
     * nothing.
     *
     * @throws io.kvm4j.uapi.ErrnoException with ENOENT if the slot does not log its dirty pages, ENXIO if the VM has
     *     {@link DirtyRings}
     * @throws IllegalStateException if the slot is closed
     */
    public void read() {
        slot().tell(readCall);
    }

    /**
     * Makes KVM forget the pages that this holds, and notice the next write to each. Allocates nothing.
     *
     * @throws IllegalStateException if the slot is closed
     */
    public void clear() {
        long atOnce = Integer.MAX_VALUE & -Long.SIZE;
        for (long first = 0; first < pages(); first += atOnce) {
            clear(first, Math.min(atOnce, pages() - first));
        }
    }

    /**
     * Makes KVM forget those of some pages that this holds. Allocates nothing.
     *
     * @param firstPage a multiple of 64
     * @param count a multiple of 64, unless it reaches to the end of the slot
     * @throws IllegalStateException if the slot is closed
     */
    public void clear(long firstPage, long count) {
        Objects.checkFromIndexSize(firstPage, count, pages());
        if (firstPage % Long.SIZE != 0 || (count % Long.SIZE != 0 && firstPage + count != pages())) {
            throw new IllegalArgumentException(
                    "KVM clears pages by 64: not %d from page %d on, of %d".formatted(count, firstPage, pages()));
        }
        clear.firstPage(firstPage)
                .numPages(Math.toIntExact(count))
                .dirtyBitmap(bits().address() + firstPage / Byte.SIZE);
        slot().tell(clearCall);
    }
}
