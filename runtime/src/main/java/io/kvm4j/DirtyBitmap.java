package io.kvm4j;

import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.KvmClearDirtyLog;
import io.kvm4j.uapi.KvmDirtyLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The pages of a slot that the guest, or KVM on its behalf, has written to since they were read last. What this program
 * writes is not among them. Pages count from the start of the slot. For one thread at a time; the guest may run.
 *
 * <p>A VM with KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 enabled forgets no page when it is read, only when it is cleared: that
 * spares the guest the faults for pages that nobody has looked at yet.
 */
public final class DirtyBitmap {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final Vm vm;
    private final MemorySlot slot;
    private final long pages;
    private final MemorySegment bits;
    private final KvmDirtyLog log;
    private final KvmClearDirtyLog clear;

    DirtyBitmap(Vm vm, MemorySlot slot) {
        Arena arena = Arena.ofAuto();
        this.vm = vm;
        this.slot = slot;
        this.pages = slot.size() / Mapping.PAGE_SIZE;
        this.bits = arena.allocate(Math.ceilDiv(pages, Long.SIZE) * Long.BYTES, Long.BYTES);
        this.log = KvmDirtyLog.allocate(arena).slot(slot.number()).dirtyBitmap(bits.address());
        this.clear = KvmClearDirtyLog.allocate(arena).slot(slot.number()).dirtyBitmap(bits.address());
    }

    /**
     * Replaces what this holds by the pages that KVM knows, which forgets them unless it is to do so by hand. Allocates
     * nothing.
     *
     * @throws io.kvm4j.uapi.ErrnoException with ENOENT if the slot does not log its dirty pages
     * @throws IllegalStateException if the slot is closed
     */
    public void read() {
        vm.readDirtyLog(slot, log);
    }

    /**
     * Makes KVM forget the pages that this holds, and notice the next write to each. Allocates nothing.
     *
     * @throws IllegalStateException if the slot is closed
     */
    public void clear() {
        long atOnce = Integer.MAX_VALUE & -Long.SIZE;
        for (long first = 0; first < pages; first += atOnce) {
            clear(first, Math.min(atOnce, pages - first));
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
        Objects.checkFromIndexSize(firstPage, count, pages);
        if (firstPage % Long.SIZE != 0 || (count % Long.SIZE != 0 && firstPage + count != pages)) {
            throw new IllegalArgumentException(
                    "KVM clears pages by 64: not %d from page %d on, of %d".formatted(count, firstPage, pages));
        }
        long word = bits.address() + firstPage / Byte.SIZE;
        vm.clearDirtyLog(
                slot,
                clear.firstPage(firstPage).numPages(Math.toIntExact(count)).dirtyBitmap(word));
    }

    /** Whether a page is dirty. */
    public boolean isDirty(long page) {
        Objects.checkIndex(page, pages);
        return (word(page) >>> page & 1) != 0;
    }

    /** The first dirty page from a page on, or -1 if there is none. */
    public long nextDirty(long fromPage) {
        if (fromPage < 0) {
            throw new IndexOutOfBoundsException("there is no page " + fromPage);
        }
        for (long page = fromPage; page < pages; page = (page | (Long.SIZE - 1)) + 1) {
            long rest = word(page) >>> page;
            if (rest != 0) {
                return page + Long.numberOfTrailingZeros(rest);
            }
        }
        return -1;
    }

    /** How many pages are dirty. */
    public long count() {
        long count = 0;
        for (long page = 0; page < pages; page += Long.SIZE) {
            count += Long.bitCount(word(page));
        }
        return count;
    }

    /** How many pages the slot has. */
    public long pages() {
        return pages;
    }

    private long word(long page) {
        return bits.getAtIndex(WORD, page / Long.SIZE);
    }
}
