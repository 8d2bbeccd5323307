package io.kvm4j.dirty;

import io.kvm4j.MemorySlot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Some pages of a memory slot, counted from its start, that the guest or KVM on its behalf wrote to. What this program
 * writes itself is not among them. For one thread at a time; no method allocates.
 */
public sealed class DirtyPages permits DirtyBitmap {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final MemorySlot slot;
    private final long pages;
    private final MemorySegment bits;

    /** None of a slot's pages. */
    DirtyPages(MemorySlot slot, long pageSize) {
        this.slot = slot;
        this.pages = slot.size() / pageSize;
        this.bits = Arena.ofAuto().allocate(Math.ceilDiv(pages, Long.SIZE) * Long.BYTES, Long.BYTES);
    }

    /** The slot whose pages these are. */
    public final MemorySlot slot() {
        return slot;
    }

    /** How many pages the slot has. */
    public final long pages() {
        return pages;
    }

    /** Whether a page is dirty. */
    public final boolean isDirty(long page) {
        Objects.checkIndex(page, pages);
        return (word(page) >>> page & 1) != 0;
    }

    /** The first dirty page from a page on, or -1 if there is none. */
    public final long nextDirty(long fromPage) {
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
    public final long count() {
        long count = 0;
        for (long page = 0; page < pages; page += Long.SIZE) {
            count += Long.bitCount(word(page));
        }
        return count;
    }

    /** The memory that has a bit for each page, as KVM lays it out. */
    final MemorySegment bits() {
        return bits;
    }

    /** Adds a page. */
    final void add(long page) {
        long index = Objects.checkIndex(page, pages) / Long.SIZE;
        bits.setAtIndex(WORD, index, bits.getAtIndex(WORD, index) | 1L << page);
    }

    /** Replaces what this holds by what another of the same slot holds, which then holds nothing. */
    final void takeFrom(DirtyPages other) {
        bits.copyFrom(other.bits);
        other.bits.fill((byte) 0);
    }

    private long word(long page) {
        return bits.getAtIndex(WORD, page / Long.SIZE);
    }
}
