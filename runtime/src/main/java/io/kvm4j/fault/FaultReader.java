package io.kvm4j.fault;

import io.kvm4j.posix.Poll;
import io.kvm4j.uapi.userfaultfd.UffdEvent;
import io.kvm4j.uapi.userfaultfd.UffdReader;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;

/**
 * Reads the userfaultfd's messages and deals with them. Of several readers each takes a message at a time. A fault is
 * removed from the queue when it is resolved, so that another reader can take over from one that its source left stuck.
 */
final class FaultReader extends Worker implements Runnable {
    private static final int FOREVER = -1;

    private final PagerCore pager;
    private final Poll poll;
    private final UffdReader messages;
    private final FaultQueue queue;
    private volatile boolean replaced;

    FaultReader(PagerCore pager, String name, FaultQueue queue) {
        super(name, pager.uffd.fd(), pager.largestPage, pager.largestPage, pager.moves);
        this.pager = pager;
        this.poll = new Poll(pager.uffd.fd(), pager.wakeUp.fd());
        this.messages = UffdReader.of(pager.uffd.fd(), pager.messagesAtOnce);
        this.queue = queue;
    }

    /** Another one that goes on where this one is stuck, which then does nothing more. */
    FaultReader replacement() {
        replaced = true;
        return new FaultReader(pager, name + "'", queue);
    }

    @Override
    boolean isReplaced() {
        return replaced;
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (Throwable t) {
            pager.fail(t);
            drainUntilClosed();
        }
    }

    private void serve() {
        while (pager.isOpen() && !replaced) {
            if (queue.isEmpty() || !pager.isServing()) {
                await();
                drain();
            }
            while (!queue.isEmpty() && pager.isServing() && !replaced) {
                handleOldest();
            }
        }
    }

    /** Whoever discards or unmaps memory waits until that is read, also when pages no longer come. */
    private void drainUntilClosed() {
        while (pager.isOpen()) {
            try {
                await();
                drain();
            } catch (RuntimeException e) {
                pause(Integer.MAX_VALUE);
            }
        }
    }

    /** A readable descriptor may have nothing to read, since another reader was faster. */
    private void await() {
        poll.await(FOREVER);
        if (poll.firstIsBroken()) {
            throw new PagingException("the userfaultfd is in error (POLLERR): faults can no longer be read");
        }
    }

    /** Takes what there is to read. Discards are noted before any fault of the same batch is looked at. */
    @Override
    void drain() {
        pager.gate.enterAlone();
        try {
            long now = System.nanoTime();
            int count = messages.read();
            for (int i = 0; i < count; i++) {
                take(messages.event(i), now);
            }
        } finally {
            pager.gate.exitAlone();
        }
    }

    private void take(UffdEvent event, long now) {
        switch (event) {
            case UffdEvent.Pagefault fault -> {
                boolean isNew = queue.add(fault.address(), fault.flags(), now);
                tally.add(Tally.FAULTS, 1);
                tally.add(Tally.DUPLICATES, isNew ? 0 : 1);
            }
            case UffdEvent.Remove remove -> pager.removed(remove.start(), remove.end(), calls);
            case UffdEvent.Unmap unmap -> pager.unmapped(unmap.start(), unmap.end(), calls);
            case UffdEvent.Remap remap ->
                throw new PagingException("memory at 0x%x was moved to 0x%x while its pages are provided"
                        .formatted(remap.from(), remap.to()));
            case UffdEvent.Fork _, UffdEvent.Unrecognized _ ->
                throw new PagingException("the userfaultfd reports what was not asked for: " + event);
        }
    }

    private void handleOldest() {
        long address = queue.address();
        RegionPages region = pager.regionOfAddress(address);
        if (region == null) {
            calls.wake(address & -pager.smallestPage, pager.smallestPage);
        } else {
            handle(region, region.pageOfAddress(address));
        }
        if (!replaced) {
            queue.remove();
        }
    }

    private void handle(RegionPages region, int page) {
        begin(queue.since());
        if ((queue.flags() & UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_WP) != 0) {
            pager.engine.allowWrite(this, region, page);
        } else {
            pager.engine.resolve(this, region, page, PageEngine.Waiter.ASLEEP);
        }
    }
}
