package io.kvm4j.fault;

import io.kvm4j.MemorySlot;
import io.kvm4j.posix.PageCalls;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Memory whose pages a pager provides. It must outlive the pager, and stay mapped where it is.
 *
 * @param gpa the guest physical address where it starts
 * @param memory the memory, of which no page is there yet, on page boundaries
 * @param offset where its content starts in the source, in bytes
 * @param pageSize the bytes of a page: the host's, or that of the huge pages that the memory is made of
 * @param alias for shared memory a second mapping of the same pages, by which they are filled before the first may see
 *     them; null for private memory
 * @param prefilled whether shared memory has its content already, so that the pages need only be mapped
 */
public record PagedRegion(
        long gpa,
        MemorySegment memory,
        long offset,
        int pageSize,
        @Nullable MemorySegment alias,
        boolean prefilled) {

    /** Checks that pages and sizes fit together. */
    public PagedRegion {
        Objects.requireNonNull(memory);
        if (Integer.bitCount(pageSize) != 1 || pageSize < PageCalls.pageSize()) {
            throw new IllegalArgumentException("pages of %d bytes".formatted(pageSize));
        }
        long mask = pageSize - 1L;
        if (memory.byteSize() == 0 || ((memory.address() | memory.byteSize() | gpa) & mask) != 0) {
            throw new IllegalArgumentException("[0x%x, 0x%x) at gpa 0x%x is not made of pages of %d bytes"
                    .formatted(memory.address(), memory.address() + memory.byteSize(), gpa, pageSize));
        }
        if (memory.byteSize() / pageSize > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("%d bytes are too many for a region".formatted(memory.byteSize()));
        }
        if (offset < 0) {
            throw new IllegalArgumentException("content at offset " + offset);
        }
        if (alias != null && alias.byteSize() != memory.byteSize()) {
            throw new IllegalArgumentException(
                    "an alias of %d bytes for %d".formatted(alias.byteSize(), memory.byteSize()));
        }
        if (prefilled && alias == null) {
            throw new IllegalArgumentException("only shared memory can be filled before it is mapped");
        }
    }

    /** Private anonymous memory. The content's offset is the gpa. */
    public static PagedRegion of(long gpa, MemorySegment memory) {
        return new PagedRegion(gpa, memory, gpa, PageCalls.pageSize(), null, false);
    }

    /** The memory of a slot that is private and anonymous. The content's offset is the gpa. */
    public static PagedRegion of(MemorySlot slot) {
        return of(slot.gpa(), slot.segment());
    }

    /** Shared memory, filled by its alias. The content's offset is the gpa. */
    public static PagedRegion shared(long gpa, MemorySegment memory, MemorySegment alias) {
        return new PagedRegion(gpa, memory, gpa, PageCalls.pageSize(), alias, false);
    }

    /** The same with its content elsewhere in the source. */
    public PagedRegion withOffset(long start) {
        return new PagedRegion(gpa, memory, start, pageSize, alias, prefilled);
    }

    /** The same with larger pages. */
    public PagedRegion withPageSize(int bytes) {
        return new PagedRegion(gpa, memory, offset, bytes, alias, prefilled);
    }

    /** The same shared memory, whose pages have their content already. */
    public PagedRegion withContentInPlace() {
        return new PagedRegion(gpa, memory, offset, pageSize, alias, true);
    }
}
