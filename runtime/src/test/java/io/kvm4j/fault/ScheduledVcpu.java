package io.kvm4j.fault;

import static io.kvm4j.fault.HostMemory.PAGE;

import io.kvm4j.userfaultfd.UffdCalls;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * One vCPU of a schedule: a thread that reads, writes and discards pages at random, and adds and removes memory. What it
 * reads must be what the model has, unless the guest was stopped.
 */
final class ScheduledVcpu {
    private static final int DONT_WAKE = 1;
    private static final int LONGEST_STOP_MILLIS = 5000;
    private static final int LONGEST_DISCARD = 4;
    private static final byte[] ZEROS = new byte[PAGE];

    private final ModelMemory memory;
    private final DemandPager pager;
    private final PausableGuest guest;
    private final Random dice;
    private final UffdCalls foreign;
    private volatile String doing = "nothing yet";

    ScheduledVcpu(ModelMemory memory, DemandPager pager, PausableGuest guest, long seed) {
        this.memory = memory;
        this.pager = pager;
        this.guest = guest;
        this.dice = new Random(seed);
        this.foreign = new UffdCalls(pager.fd());
    }

    /** What it is about, for a schedule that hangs. */
    String doing() {
        return doing;
    }

    /** Does one thing at random. Returns false once the guest was stopped. */
    boolean step() throws InterruptedException {
        if (!guest.mayRun()) {
            return false;
        }
        try {
            if (dice.nextInt(100) < 4) {
                doing = "changes memory";
                memory.change(pager, dice);
            } else {
                ModelRegion region = memory.any(dice);
                operate(region, dice.nextInt(region.pages.length), dice.nextInt(100));
            }
            return true;
        } catch (PagingException e) {
            if (isStopping()) {
                return false;
            }
            throw e;
        }
    }

    /** Whether the guest is stopped: a pager that fails or is closed says so a moment before it has stopped the guest. */
    private boolean isStopping() throws InterruptedException {
        boolean isOver = pager.state() == DemandPager.State.FAILED || pager.state() == DemandPager.State.CLOSED;
        for (int i = 0; i < LONGEST_STOP_MILLIS && isOver && !guest.isStopped(); i++) {
            Thread.sleep(1);
        }
        return guest.isStopped();
    }

    private void operate(ModelRegion region, int page, int what) {
        region.inUse.readLock().lock();
        try {
            if (!region.isUnmapped()) {
                doing = "operation %d on gpa 0x%x".formatted(what, region.gpa(page));
                use(region, page, what);
            }
        } finally {
            region.inUse.readLock().unlock();
        }
    }

    private void use(ModelRegion region, int page, int what) {
        if (what < 34) {
            check(region, page);
        } else if (what < 54) {
            pager.handler().resolve(region.gpa(page));
            check(region, page);
        } else if (what < 59) {
            pager.handler().ensure(region.gpa(page), (long) Math.min(3, region.pages.length - page) * PAGE);
            check(region, page);
        } else if (what < 76) {
            write(region, page, (byte) dice.nextInt());
        } else if (what < 90) {
            discard(region, page, Math.min(1 + dice.nextInt(LONGEST_DISCARD), region.pages.length - page));
        } else if (what < 97) {
            meddle(region, page);
        } else {
            PagerFigures figures = pager.figures();
            if (figures.total().bytes() < 0 || pager.missingPages() < 0) {
                throw new AssertionError("" + figures);
            }
        }
    }

    /** Reads a page, which waits for it if it is absent. */
    void check(ModelRegion region, int page) {
        ModelPage model = region.pages[page];
        int since = model.settled();
        byte[] seen = HostMemory.read(region.memory, page);
        if (!model.admits(seen, since) && !guest.isStopped()) {
            throw new AssertionError(
                    "the page at gpa 0x%x is wrong: %s".formatted(region.gpa(page), model.describe(seen, since)));
        }
    }

    private void write(ModelRegion region, int page, byte value) {
        ModelPage model = region.pages[page];
        model.changing.lock();
        try {
            byte[] next = model.latest().clone();
            int at = dice.nextInt(PAGE);
            next[at] = value;
            model.begin(next);
            HostMemory.writeByte(region.address(page) + at, value);
            model.end();
        } finally {
            model.changing.unlock();
        }
    }

    /** Gives pages back while others may be touching them, or waiting for them. */
    private void discard(ModelRegion region, int page, int count) {
        for (int i = page; i < page + count; i++) {
            region.pages[i].changing.lock();
            region.pages[i].begin(ZEROS);
            region.pages[i].touched(false);
        }
        try {
            HostMemory.advise(
                    region.memory, page, count, region.isShared() ? HostMemory.MADV_REMOVE : HostMemory.MADV_DONTNEED);
        } finally {
            for (int i = page; i < page + count; i++) {
                region.pages[i].end();
                region.pages[i].changing.unlock();
            }
        }
    }

    /**
     * Gets in the pager's way: puts a page of private memory in place that it may be about to, and wakes nobody; takes a
     * page of shared memory out of the mapping, but not out of the file.
     */
    private void meddle(ModelRegion region, int page) {
        ModelPage model = region.pages[page];
        model.changing.lock();
        try {
            if (!region.isShared()) {
                MemorySegment content = HostMemory.anonymous(1);
                content.copyFrom(MemorySegment.ofArray(model.latest()));
                if (foreign.copy(region.address(page), content.address(), PAGE, DONT_WAKE) == 0) {
                    memory.putInPlaceByOthers.incrementAndGet();
                }
                HostMemory.unmap(content);
            } else if (model.isTouched()) {
                HostMemory.discard(region.memory, page, 1);
            }
        } finally {
            model.changing.unlock();
        }
    }
}
