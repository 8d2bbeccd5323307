package io.kvm4j.fault;

import io.kvm4j.posix.Poll;
import io.kvm4j.uapi.userfaultfd.UffdEvent;
import io.kvm4j.uapi.userfaultfd.UffdReader;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads the userfaultfd's messages and deals with them. Of several readers each takes a message at a time. A fault is
 * removed from the queue when it is resolved, so that another reader can take over from one that its source left stuck.
 */
final class FaultReader extends Worker implements Runnable {
    private static final int FOREVER = -1;
    private static final long STAND_BY_NANOS = 2_000_000;

    private final PagerCore pager;
    private final Poll poll;
    private final UffdReader messages;
    private final FaultQueue queue;

    FaultReader(PagerCore pager, String name, FaultQueue queue) {
        super(name, pager.fd, pager.gate, pager.largestPage, pager.moves);
        this.pager = pager;
        this.poll = new Poll(pager.fd, pager.wakeUp.fd());
        this.messages = UffdReader.of(pager.fd, pager.messagesAtOnce);
        this.queue = queue;
    }

    /** Another one that goes on where this one is stuck, which then does nothing more. */
    FaultReader replacement() {
        return new FaultReader(pager, name + "'", queue);
    }

    /** From the moment that it is given up the queue is another reader's. */
    @Override
    boolean isReplaced() {
        return isGivenUp();
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (Throwable t) {
            pager.callbacks.failInPagersThread(t);
        }
        standBy();
    }

    private void serve() {
        while (pager.isServing() && !isReplaced()) {
            if (queue.isEmpty()) {
                await();
                drain();
            }
            while (!queue.isEmpty() && pager.isServing() && !isReplaced()) {
                handleOldest();
            }
        }
    }

    /** Once pages no longer come: whoever discards memory waits until that is read, and a guest is to be able to stop. */
    private void standBy() {
        while (pager.isOpen() && !isReplaced()) {
            LockSupport.parkNanos(STAND_BY_NANOS);
            try {
                drain();
                if (pager.isLettingGo()) {
                    letGo();
                }
            } catch (RuntimeException | Error e) {
                // What the pager failed of is known, and this is not it.
                pause(Integer.MAX_VALUE);
            }
        }
    }

    /** Lets those go on who wait for pages: vCPUs that a signal stops before the guest sees what the kernel has there. */
    private void letGo() {
        for (; !queue.isEmpty(); queue.remove()) {
            long address = queue.address();
            RegionPages region = pager.memory.regionOfAddress(address);
            int size = region == null ? pager.smallestPage : region.pageSize;
            calls.unregister(address & -size, size);
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
            case UffdEvent.Remove remove -> pager.memory.removed(remove.start(), remove.end(), calls);
            case UffdEvent.Unmap unmap -> pager.memory.unmapped(unmap.start(), unmap.end(), calls);
            case UffdEvent.Remap remap ->
                throw new PagingException("memory at 0x%x was moved to 0x%x while its pages are provided"
                        .formatted(remap.from(), remap.to()));
            case UffdEvent.Fork _, UffdEvent.Unrecognized _ ->
                throw new PagingException("the userfaultfd reports what was not asked for: " + event);
        }
    }

    private void handleOldest() {
        long address = queue.address();
        RegionPages region = pager.memory.regionOfAddress(address);
        if (region == null) {
            calls.wake(address & -pager.smallestPage, pager.smallestPage);
        } else {
            handle(region, region.pageOfAddress(address));
        }
        if (!isReplaced()) {
            queue.remove();
        }
    }

    private void handle(RegionPages region, int page) {
        beginWork();
        try {
            begin(queue.since());
            if ((queue.flags() & UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_WP) != 0) {
                pager.protection.end(this, region, page);
            } else {
                pager.engine.resolve(this, region, page, PageEngine.Waiter.ASLEEP);
            }
        } finally {
            endWork();
        }
    }
}
