package io.kvm4j.fault;

import io.kvm4j.posix.Cleanup;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import io.kvm4j.userfaultfd.UffdCalls;
import io.kvm4j.userfaultfd.Userfaultfd;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The regions of a pager, registered with its userfaultfd. Any thread may call. */
final class PagedMemory {
    private final Userfaultfd uffd;
    private final Object lock = new Object();
    private volatile RegionPages[] regions = {};

    PagedMemory(Userfaultfd uffd) {
        this.uffd = uffd;
    }

    /**
     * Registers memory: its faults are reported from now on.
     *
     * @throws IllegalArgumentException if another region has some of it, or its pages are of another size than it says
     */
    void add(RegionPages pages) {
        synchronized (lock) {
            if (overlapping(pages) != null) {
                throw new IllegalArgumentException("two regions have the memory at 0x%x".formatted(pages.start));
            }
            long modes = modes(pages);
            long ioctls = uffd.register(pages.start, pages.size, modes);
            try {
                requirePageSize(pages, uffd.pageSize(pages.start, pages.size, modes));
                pages.hasZeropage = (ioctls & (1L << UserfaultfdConstants._UFFDIO_ZEROPAGE)) != 0;
                List<RegionPages> all = new ArrayList<>(List.of(regions));
                all.add(pages);
                regions = all.toArray(RegionPages[]::new);
            } catch (Throwable t) {
                throw Cleanup.after(t)
                        .run(() -> uffd.unregister(pages.start, pages.size))
                        .rethrow();
            }
        }
    }

    /** The bytes of the pages that memory is made of, which no pager has yet. */
    int pageSize(PagedRegion region) {
        long start = region.memory().address();
        long size = region.memory().byteSize();
        long modes = UserfaultfdConstants.UFFDIO_REGISTER_MODE_MISSING;
        long ignored = uffd.register(start, size, modes);
        try {
            return Math.toIntExact(uffd.pageSize(start, size, modes));
        } finally {
            uffd.unregister(start, size);
        }
    }

    private static long modes(RegionPages pages) {
        return UserfaultfdConstants.UFFDIO_REGISTER_MODE_MISSING
                | (pages.isShared() ? UserfaultfdConstants.UFFDIO_REGISTER_MODE_MINOR : 0)
                | (pages.written != null ? UserfaultfdConstants.UFFDIO_REGISTER_MODE_WP : 0);
    }

    private static void requirePageSize(RegionPages pages, long actual) {
        if (actual != pages.pageSize) {
            throw new IllegalArgumentException(
                    "the memory at gpa 0x%x is made of pages of %d bytes, not of %d: say so by withPageSize"
                            .formatted(pages.region.gpa(), actual, pages.pageSize));
        }
    }

    /** Ends what {@link #add} has begun: faults find what the kernel has there. */
    void cancel(RegionPages pages) {
        new Cleanup()
                .run(() -> remove(pages))
                .run(() -> uffd.unregister(pages.start, pages.size))
                .finish();
    }

    private void remove(RegionPages region) {
        synchronized (lock) {
            List<RegionPages> remaining = new ArrayList<>(List.of(regions));
            remaining.remove(region);
            regions = remaining.toArray(RegionPages[]::new);
        }
    }

    @Nullable
    RegionPages overlapping(RegionPages pages) {
        for (RegionPages other : regions) {
            if (other.containsAddress(pages.start) || pages.containsAddress(other.start)) {
                return other;
            }
        }
        return null;
    }

    RegionPages[] regions() {
        return regions;
    }

    @Nullable
    RegionPages regionOfAddress(long address) {
        for (RegionPages region : regions) {
            if (region.containsAddress(address)) {
                return region;
            }
        }
        return null;
    }

    @Nullable
    RegionPages regionOfGpa(long gpa) {
        for (RegionPages region : regions) {
            if (region.containsGpa(gpa)) {
                return region;
            }
        }
        return null;
    }

    /** How many pages are still to come from the source. */
    int unfinished() {
        int count = 0;
        for (RegionPages region : regions) {
            count += region.states.unfinished();
        }
        return count;
    }

    /** Allows memory to be unmapped, which is a failure otherwise. Its pages are provided until then. */
    void retire(long gpa) {
        RegionPages region = regionOfGpa(gpa);
        if (region == null) {
            throw new IllegalArgumentException("the pager has no memory at gpa 0x%x".formatted(gpa));
        }
        region.retired = true;
    }

    /** Notes a discard, before any fault that was read later is looked at. */
    void removed(long start, long end, UffdCalls calls) {
        for (RegionPages region : regions) {
            for (int page = region.firstPage(start); page < region.endPage(end); page++) {
                if (region.states.removed(page)) {
                    calls.wake(region.address(page), region.pageSize);
                }
            }
        }
    }

    /** Memory is gone, or another mapping is in its place: what the guest finds there is no longer ours to tell. */
    void unmapped(long start, long end, UffdCalls calls) {
        for (RegionPages region : regions) {
            boolean overlaps = start < region.start + region.size && region.start < end;
            if (overlaps && region.retired) {
                forget(region, start, end, calls);
            } else if (overlaps) {
                throw new PagingException(
                        "memory at 0x%x (gpa 0x%x) was unmapped or mapped over while its pages are provided"
                                .formatted(start, region.region.gpa()));
            }
        }
    }

    /** Stops all use of pages, and of what belongs to them, before the unmapping thread goes on. */
    private void forget(RegionPages region, long start, long end, UffdCalls calls) {
        for (int page = region.firstPage(start); page < region.endPage(end); page++) {
            if (region.states.gone(page)) {
                calls.wake(region.address(page), region.pageSize);
            }
        }
        if (region.states.areGone()) {
            remove(region);
        }
    }
}
