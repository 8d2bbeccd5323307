package io.kvm4j.fault;

import io.kvm4j.MemorySlot;
import io.kvm4j.posix.Mapping;
import io.kvm4j.proposals.UserfaultBitmap;
import org.jspecify.annotations.Nullable;

/** A region with the state of its pages, and, if it is wanted, the record of those that were written. */
final class RegionPages {
    final PagedRegion region;
    final PageStates states;
    final @Nullable WrittenPages written;
    final long start;
    final long size;
    final int pageSize;

    /** Whether the kernel can put zero pages there by UFFDIO_ZEROPAGE; set when the region is registered. */
    boolean hasZeropage;

    /** What KVM Userfault looks at; set before the pager starts. */
    @Nullable
    UserfaultBitmap bitmap;

    /** Whose faults KVM reports by exits; null if it reports none. */
    volatile @Nullable MemorySlot slot;

    /** Whether the memory may be unmapped. */
    volatile boolean retired;

    private final int shift;

    RegionPages(PagedRegion region, boolean tracksWrites) {
        this.region = region;
        this.start = region.memory().address();
        this.size = region.memory().byteSize();
        this.pageSize = region.pageSize();
        this.shift = Integer.numberOfTrailingZeros(pageSize);
        this.states = new PageStates((int) (size >>> shift));
        this.written = tracksWrites ? new WrittenPages(states.size()) : null;
    }

    boolean containsAddress(long address) {
        return address - start >= 0 && address - start < size;
    }

    boolean containsGpa(long gpa) {
        return gpa - region.gpa() >= 0 && gpa - region.gpa() < size;
    }

    int pageOfAddress(long address) {
        return (int) ((address - start) >>> shift);
    }

    /** The first of the pages that an address range holds, as far as they are this region's. */
    int firstPage(long from) {
        return pageOfAddress(Math.clamp(from, start, start + size));
    }

    /** The page behind the last of those. */
    int endPage(long to) {
        return pageOfAddress(Math.clamp(to, start, start + size));
    }

    int pageOfGpa(long gpa) {
        return (int) ((gpa - region.gpa()) >>> shift);
    }

    long offset(int page) {
        return (long) page << shift;
    }

    long address(int page) {
        return start + offset(page);
    }

    long gpa(int page) {
        return region.gpa() + offset(page);
    }

    long contentOffset(int page) {
        return region.offset() + offset(page);
    }

    int pages() {
        return states.size();
    }

    /** Lets KVM go on to a page that is there. */
    void admit(int page) {
        if (bitmap != null) {
            int hostPages = pageSize / Mapping.PAGE_SIZE;
            bitmap.clear((long) page * hostPages, hostPages);
        }
    }

    boolean isShared() {
        return region.alias() != null;
    }
}
