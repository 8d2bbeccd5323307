package io.kvm4j.fault;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.function.IntConsumer;

/** The pages of a region that were written since they were last asked for. Any thread may call. */
final class WrittenPages {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;

    WrittenPages(int pages) {
        words = new long[(pages + Long.SIZE - 1) / Long.SIZE];
    }

    /** Notes a write. Allocates nothing. */
    void add(int page) {
        long ignored = (long) WORDS.getAndBitwiseOr(words, page / Long.SIZE, 1L << page);
    }

    /**
     * Takes all that were noted, and forgets each before {@code protect} is called for it: a write in between is in the
     * page when the caller reads it.
     */
    BitSet take(IntConsumer protect) {
        BitSet taken = new BitSet();
        for (int word = 0; word < words.length; word++) {
            long bits = (long) WORDS.getAndSet(words, word, 0L);
            for (; bits != 0; bits &= bits - 1) {
                int page = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                taken.set(page);
                protect.accept(page);
            }
        }
        return taken;
    }
}
