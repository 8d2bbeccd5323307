package io.kvm4j.migration;

/**
 * A range of a guest's memory.
 *
 * @param gpa the guest physical address where it starts; its content has the same offset in the source's pages
 * @param size in bytes
 */
public record MemoryRange(long gpa, long size) {
    /** Refuses what is no range. */
    public MemoryRange {
        if (gpa < 0 || size <= 0 || gpa > Long.MAX_VALUE - size) {
            throw new IllegalArgumentException("%d bytes at gpa 0x%x are no range of memory".formatted(size, gpa));
        }
    }
}
