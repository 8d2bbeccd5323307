package io.kvm4j.fault;

import io.kvm4j.pages.PageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@link Pattern} from a source that is slow, gives parts, and fails in every way, as often as it is allowed to. What it
 * gives once it was aborted is garbage, which nobody must ever see.
 */
final class FickleSource implements PageSource {
    private static final byte GARBAGE = (byte) 0xee;
    private static final int LONGEST_STALL_MILLIS = 60;

    private final long seed;
    private final int failEvery;
    private final AtomicInteger failuresLeft;
    private final AtomicInteger reads = new AtomicInteger();
    private final CountDownLatch aborted = new CountDownLatch(1);

    /**
     * @param failEvery one of so many reads fails
     * @param failuresLeft how many may fail yet, of this source and those that come after
     */
    FickleSource(long seed, int failEvery, AtomicInteger failuresLeft) {
        this.seed = seed;
        this.failEvery = failEvery;
        this.failuresLeft = failuresLeft;
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
        int dice = Rolls.of(seed, reads.incrementAndGet());
        if (dice % failEvery == 0 && failuresLeft.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            return fail(dice / failEvery % 7, offset, into);
        }
        if (dice % 16 == 1) {
            sleep(1);
        }
        return give(offset, into, dice % 8 == 2 ? 1000 : into.remaining());
    }

    private int fail(int how, long offset, ByteBuffer into) throws IOException {
        switch (how) {
            case 0 -> throw new IOException("reset");
            case 1 -> throw new IllegalStateException("a bug");
            case 2 -> {
                give(offset, into, 10);
                return -1;
            }
            case 3 -> {
                give(offset, into, 10);
                return 20;
            }
            case 4 -> {
                into.put(GARBAGE);
                into.limit(into.position());
                return 1;
            }
            // A stall that an abort ends, and one that it does not.
            case 5 -> await(aborted);
            default -> sleep(LONGEST_STALL_MILLIS);
        }
        return give(offset, into, into.remaining());
    }

    private int give(long offset, ByteBuffer into, int most) {
        int length = Math.min(most, into.remaining());
        boolean late = isAborted();
        for (int i = 0; i < length; i++) {
            into.put(late ? GARBAGE : Pattern.byteAt(offset + i));
        }
        return length;
    }

    private static void await(CountDownLatch latch) {
        try {
            boolean ignored = latch.await(LONGEST_STALL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isAborted() {
        return aborted.getCount() == 0;
    }

    @Override
    public void abort() {
        aborted.countDown();
    }
}
