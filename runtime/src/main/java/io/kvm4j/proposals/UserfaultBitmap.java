package io.kvm4j.proposals;

import io.kvm4j.posix.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The bitmap by which KVM Userfault knows which pages of a slot are not there yet: bit n % 64 of word n / 64 for page n.
 * The kernel reads it while the guest runs. Any thread may clear bits; nothing allocates.
 */
public final class UserfaultBitmap {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment words;

    /** Sets the bits of all pages of a slot. */
    public UserfaultBitmap(long bytes) {
        long pages = bytes / Mapping.PAGE_SIZE;
        long size = (pages + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
        words = Arena.ofAuto().allocate(size, Long.BYTES).fill((byte) -1);
    }

    public long address() {
        return words.address();
    }

    public boolean isSet(long page) {
        return ((long) WORD.getVolatile(words, page / Long.SIZE * Long.BYTES) & (1L << page)) != 0;
    }

    /** Says that pages are there. Whoever sees the bits cleared, the kernel included, sees the pages' content. */
    public void clear(long first, long count) {
        for (long page = first; page < first + count; ) {
            long bits = Math.min(first + count - page, Long.SIZE - page % Long.SIZE);
            long cleared = (bits == Long.SIZE ? -1L : (1L << bits) - 1) << page;
            long ignored = (long) WORD.getAndBitwiseAndRelease(words, page / Long.SIZE * Long.BYTES, ~cleared);
            page += bits;
        }
    }
}
