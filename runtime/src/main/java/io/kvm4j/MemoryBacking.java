package io.kvm4j;

import io.kvm4j.posix.Mapping;
import java.lang.foreign.MemorySegment;

/** Where the host takes a slot's memory from. A value: the memory itself is made with the slot, and goes with it. */
public sealed interface MemoryBacking {
    /** The bytes of the slot, a positive multiple of the host's page size. */
    long size();

    /** Zeroed memory of this process alone. The host provides a page when it is first touched, without a reserve. */
    static MemoryBacking anonymous(long size) {
        return new Anonymous(size);
    }

    /**
     * Zeroed memory that is a file too: other processes can map {@link MemorySlot#fd}. Its size is sealed, so that none of
     * them can take the memory away.
     */
    static MemoryBacking memfd(long size) {
        return new Memfd(size);
    }

    /**
     * Zeroed huge pages, which the host sets aside at once.
     *
     * @param size a positive multiple of the huge page size
     * @param pageSize the bytes of a huge page, of a size that this host has: on x86_64 2 MiB or 1 GiB
     * @throws IllegalArgumentException if the host has no huge pages of that size, see {@code /sys/kernel/mm/hugepages}, or
     *     the size is no multiple of it
     */
    static MemoryBacking hugePages(long size, long pageSize) {
        return new HugePages(size, pageSize);
    }

    /**
     * KVM's own files, {@code guest_memfd}, mapped into this process too: KVM takes pages from the file, and not by way of
     * the mapping. It needs a kernel that can map them and start them shared (GUEST_MEMFD_FLAG_MMAP and
     * GUEST_MEMFD_FLAG_INIT_SHARED of KVM_CAP_GUEST_MEMFD_FLAGS), and such a slot can neither be moved, read-only, nor
     * have its dirty pages logged.
     */
    static MemoryBacking guestMemfd(long size) {
        return new GuestMemfd(size);
    }

    /**
     * A part of a {@code guest_memfd}, otherwise as {@link #guestMemfd(long)}. Several slots may have parts of one file,
     * but not the same pages of it.
     *
     * @param file the file, of the VM that gets the slot
     * @param offset where the part starts, a multiple of the page size
     * @param size its bytes, a positive multiple of the page size
     * @throws IllegalArgumentException if offset or size is not as above, or the part ends after the file
     */
    static MemoryBacking guestMemfd(GuestMemoryFile file, long offset, long size) {
        return new GuestMemfdPart(file, offset, size);
    }

    /**
     * The caller's memory, which stays the caller's: the slot does not free it. It must live until the slot is closed,
     * since the guest keeps its way to these addresses until then, whatever lies there.
     *
     * @param memory native, page-aligned, whole pages, and open to every thread
     */
    static MemoryBacking of(MemorySegment memory) {
        return new Callers(memory);
    }

    /** See {@link #anonymous}. */
    record Anonymous(long size) implements MemoryBacking {}

    /** See {@link #memfd}. */
    record Memfd(long size) implements MemoryBacking {}

    /** See {@link #hugePages}. */
    record HugePages(long size, long pageSize) implements MemoryBacking {
        /** Refuses what no huge page of this host has. */
        public HugePages {
            HugePageSizes.require(pageSize);
            if (Long.bitCount(pageSize) != 1 || pageSize <= Mapping.PAGE_SIZE || size <= 0 || size % pageSize != 0) {
                throw new IllegalArgumentException(
                        "0x%x bytes are no whole number of huge pages of 0x%x bytes".formatted(size, pageSize));
            }
        }
    }

    /** See {@link #guestMemfd(long)}. */
    record GuestMemfd(long size) implements MemoryBacking {}

    /** See {@link #guestMemfd(GuestMemoryFile, long, long)}. */
    record GuestMemfdPart(GuestMemoryFile file, long offset, long size) implements MemoryBacking {
        /** Refuses what is no part of the file. */
        public GuestMemfdPart {
            if ((offset | size) % Mapping.PAGE_SIZE != 0) {
                throw new IllegalArgumentException("0x%x bytes at offset 0x%x of a %s are no whole pages of %d"
                        .formatted(size, offset, file, Mapping.PAGE_SIZE));
            }
            if (offset < 0 || size <= 0 || offset > file.size() - size) {
                throw new IllegalArgumentException(
                        "0x%x bytes at offset 0x%x are not within a %s".formatted(size, offset, file));
            }
        }

        boolean overlaps(GuestMemfdPart other) {
            return file == other.file && offset < other.offset + other.size && other.offset < offset + size;
        }
    }

    /** See {@link #of}. */
    record Callers(MemorySegment memory) implements MemoryBacking {
        @Override
        public long size() {
            return memory.byteSize();
        }
    }
}
