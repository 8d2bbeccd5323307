package io.kvm4j.fault;

import io.kvm4j.MemoryBacking;
import io.kvm4j.MemorySlot;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.MemoryRegionFlag;
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
 * @param slot the slot whose memory it is, from which the rest is known; null for memory that is only known by its address
 */
public record PagedRegion(
        long gpa,
        MemorySegment memory,
        long offset,
        int pageSize,
        @Nullable MemorySegment alias,
        boolean prefilled,
        @Nullable MemorySlot slot) {

    /** Checks that pages and sizes fit together. */
    public PagedRegion {
        Objects.requireNonNull(memory);
        if (Integer.bitCount(pageSize) != 1 || pageSize < Mapping.PAGE_SIZE) {
            throw new IllegalArgumentException("pages of %d bytes".formatted(pageSize));
        }
        if (memory.byteSize() == 0 || ((memory.address() | memory.byteSize()) & (pageSize - 1L)) != 0) {
            throw new IllegalArgumentException("[0x%x, 0x%x) at gpa 0x%x is not made of pages of %d bytes"
                    .formatted(memory.address(), memory.address() + memory.byteSize(), gpa, pageSize));
        }
        if ((gpa & (Mapping.PAGE_SIZE - 1L)) != 0) {
            throw new IllegalArgumentException("gpa 0x%x is not the start of a page".formatted(gpa));
        }
        if (slot != null && pageSize != pageSize(slot) && !(slot.backing() instanceof MemoryBacking.Callers)) {
            throw new IllegalArgumentException(
                    "%s is made of pages of %d bytes, not of %d".formatted(slot, pageSize(slot), pageSize));
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

    /** Memory that is known by its address alone. */
    public PagedRegion(
            long gpa,
            MemorySegment memory,
            long offset,
            int pageSize,
            @Nullable MemorySegment alias,
            boolean prefilled) {
        this(gpa, memory, offset, pageSize, alias, prefilled, null);
    }

    /**
     * Private anonymous memory of the host's pages, unless {@link #withPageSize} says otherwise. The content's offset is the
     * gpa.
     */
    public static PagedRegion of(long gpa, MemorySegment memory) {
        return new PagedRegion(gpa, memory, gpa, Mapping.PAGE_SIZE, null, false);
    }

    /**
     * The memory of a slot, with the pages that its backing has. The content's offset is the gpa. The pages of memory that is
     * the caller's own count as the host's, unless {@link #withPageSize} says otherwise.
     *
     * @throws IllegalArgumentException if the slot's backing is a guest_memfd: KVM takes its pages from the file, where no
     *     fault is reported to a userfaultfd
     */
    public static PagedRegion of(MemorySlot slot) {
        if (slot.backing() instanceof MemoryBacking.GuestMemfd
                || slot.backing() instanceof MemoryBacking.GuestMemfdPart) {
            throw new IllegalArgumentException(
                    slot + " is a guest_memfd, whose pages cannot be provided: KVM takes them from the file itself");
        }
        return new PagedRegion(slot.gpa(), slot.segment(), slot.gpa(), pageSize(slot), null, false, slot);
    }

    private static int pageSize(MemorySlot slot) {
        return slot.backing() instanceof MemoryBacking.HugePages huge
                ? Math.toIntExact(huge.pageSize())
                : Mapping.PAGE_SIZE;
    }

    /** Shared memory, filled by its alias. The content's offset is the gpa. */
    public static PagedRegion shared(long gpa, MemorySegment memory, MemorySegment alias) {
        return new PagedRegion(gpa, memory, gpa, Mapping.PAGE_SIZE, alias, false);
    }

    /** The same with its content elsewhere in the source. */
    public PagedRegion withOffset(long start) {
        return new PagedRegion(gpa, memory, start, pageSize, alias, prefilled, slot);
    }

    /**
     * The same with pages of another size, for memory that is the caller's own. A pager refuses a size that the memory does
     * not have when it starts, or when the memory is added.
     *
     * @throws IllegalArgumentException if it is a slot's memory, whose backing has pages of another size
     */
    public PagedRegion withPageSize(int bytes) {
        return new PagedRegion(gpa, memory, offset, bytes, alias, prefilled, slot);
    }

    /** The same shared memory, whose pages have their content already. */
    public PagedRegion withContentInPlace() {
        return new PagedRegion(gpa, memory, offset, pageSize, alias, true, slot);
    }

    /** Whether others can write to the memory. */
    boolean isShared() {
        return alias != null || (slot != null && slot.backing() instanceof MemoryBacking.Memfd);
    }

    /** Whether the guest's writes are exits, and never reach the memory. */
    boolean isReadOnly() {
        return slot != null && slot.flags().contains(MemoryRegionFlag.KVM_MEM_READONLY);
    }
}
