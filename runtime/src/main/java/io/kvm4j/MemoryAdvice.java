package io.kvm4j;

/** What {@code madvise(2)} can be told of a slot's memory. Numbers are those of {@code asm-generic/mman-common.h}. */
public enum MemoryAdvice {
    /** Reads come in no order: do not read ahead. */
    RANDOM(1),
    /** Reads come in order: read ahead. */
    SEQUENTIAL(2),
    /** It will be read soon. */
    WILLNEED(3),
    /** Discards the pages: anonymous ones read as zero from now on. */
    DONTNEED(4),
    /** Discards the pages when memory runs short, unless they are written before. Private anonymous memory only. */
    FREE(8),
    /** Discards the pages and frees what backs them, in shared memory too. */
    REMOVE(9),
    /** Child processes do not get it. */
    DONTFORK(10),
    /** Lets the kernel keep one page for several of equal content (KSM). */
    MERGEABLE(12),
    /** Takes back {@link #MERGEABLE}. */
    UNMERGEABLE(13),
    /** Lets the kernel use huge pages. */
    HUGEPAGE(14),
    /** Keeps the kernel from using huge pages. */
    NOHUGEPAGE(15),
    /** Keeps it out of core dumps. */
    DONTDUMP(16),
    /** Takes back {@link #DONTDUMP}. */
    DODUMP(17),
    /** Makes the pages the first to be swapped out. */
    COLD(20),
    /** Swaps the pages out. */
    PAGEOUT(21),
    /** Provides all pages for reading. */
    POPULATE_READ(22),
    /** Provides all pages for writing. */
    POPULATE_WRITE(23),
    /** Puts the pages into huge pages now. */
    COLLAPSE(25);

    private final int number;

    MemoryAdvice(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The C name. */
    String macro() {
        return "MADV_" + name();
    }
}
