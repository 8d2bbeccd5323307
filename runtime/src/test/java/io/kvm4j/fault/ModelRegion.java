package io.kvm4j.fault;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Memory of a schedule, and what each of its pages may hold. Those who use it hold its read lock. */
final class ModelRegion {
    final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();
    final PagedRegion paged;
    final MemorySegment memory;
    final ModelPage[] pages;
    private final @Nullable MemorySegment alias;
    private boolean unmapped;

    /** New memory whose content is that of {@link Pattern} at its gpa. */
    ModelRegion(long gpa, int pageCount, boolean shared) {
        MemorySegment[] both =
                shared ? HostMemory.shared(pageCount) : new MemorySegment[] {HostMemory.anonymous(pageCount)};
        memory = both[0];
        alias = shared ? both[1] : null;
        paged = shared ? PagedRegion.shared(gpa, memory, both[1]) : PagedRegion.of(gpa, memory);
        int first = (int) (gpa / HostMemory.PAGE);
        pages = IntStream.range(first, first + pageCount)
                .mapToObj(Pattern::page)
                .map(ModelPage::new)
                .toArray(ModelPage[]::new);
    }

    boolean isShared() {
        return alias != null;
    }

    long gpa(int page) {
        return paged.gpa() + (long) page * HostMemory.PAGE;
    }

    long address(int page) {
        return memory.address() + (long) page * HostMemory.PAGE;
    }

    boolean isUnmapped() {
        return unmapped;
    }

    /** Unmaps the memory, once. */
    void unmap() {
        if (!unmapped) {
            unmapped = true;
            HostMemory.unmap(memory);
            if (alias != null) {
                HostMemory.unmap(alias);
            }
        }
    }
}
