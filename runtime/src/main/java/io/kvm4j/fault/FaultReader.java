package io.kvm4j.fault;

import io.kvm4j.posix.Mapping;
import io.kvm4j.posix.Poll;
import io.kvm4j.uapi.userfaultfd.UffdEvent;
import io.kvm4j.uapi.userfaultfd.UffdReader;
import io.kvm4j.uapi.userfaultfd.UserfaultfdConstants;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads the userfaultfd's messages and deals with them. Of several readers each takes a message at a time. A fault is
 * removed from the queue when it is resolved, so that another reader can take over from one that its source left stuck.
 */
final class FaultReader implements Runnable {
    private static final int FOREVER = -1;
    private static final long STAND_BY_NANOS = 2_000_000;

    private final Pager pager;
    private final PagerLifecycle lifecycle;
    private final FaultContext context;
    private final Poll poll;
    private final UffdReader messages;
    private final FaultQueue queue;

    /**
     * What a reader uses of its pager.
     *
     * @param fd the userfaultfd
     * @param wakeUpFd is readable when readers are to look at the pager's state
     * @param messagesAtOnce the most messages that one reading takes
     */
    record Pager(
            int fd,
            int wakeUpFd,
            int messagesAtOnce,
            PagerLifecycle lifecycle,
            FaultContexts contexts,
            DiscardGate gate,
            PagedMemory memory,
            PageResolver resolver,
            WriteProtection protection) {}

    FaultReader(Pager pager, String name, FaultQueue queue) {
        this.pager = pager;
        this.lifecycle = pager.lifecycle();
        this.poll = new Poll(pager.fd(), pager.wakeUpFd());
        this.messages = UffdReader.of(pager.fd(), pager.messagesAtOnce());
        this.queue = queue;
        this.context = pager.contexts().ofReader(name, this::drain);
    }

    FaultContext context() {
        return context;
    }

    /** Another one that goes on where this one is stuck, which then does nothing more. */
    FaultReader replacement() {
        return new FaultReader(pager, context.name + "'", queue);
    }

    boolean isReplaced() {
        return context.isReplaced();
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (Throwable t) {
            lifecycle.callbacks().failInPagersThread(t);
        }
        standBy();
    }

    private void serve() {
        while (lifecycle.isServing() && !isReplaced()) {
            if (queue.isEmpty()) {
                await();
                drain();
            }
            while (!queue.isEmpty() && lifecycle.isServing() && !isReplaced()) {
                handleOldest();
            }
        }
    }

    /** Once pages no longer come: whoever discards memory waits until that is read, and a guest is to be able to stop. */
    private void standBy() {
        while (lifecycle.isOpen() && !isReplaced()) {
            LockSupport.parkNanos(STAND_BY_NANOS);
            try {
                drain();
                if (lifecycle.isLettingGo()) {
                    letGo();
                }
            } catch (RuntimeException | Error e) {
                // What the pager failed of is known, and this is not it.
                context.pause(Integer.MAX_VALUE);
            }
        }
    }

    /** Lets those go on who wait for pages: vCPUs that a signal stops before the guest sees what the kernel has there. */
    private void letGo() {
        for (; !queue.isEmpty(); queue.remove()) {
            long address = queue.address();
            RegionPages region = pager.memory().regionOfAddress(address);
            int size = region == null ? Mapping.PAGE_SIZE : region.pageSize;
            context.calls.unregister(address & -size, size);
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
    private void drain() {
        pager.gate().enterAlone();
        try {
            long now = System.nanoTime();
            int count = messages.read();
            for (int i = 0; i < count; i++) {
                take(messages.event(i), now);
            }
        } finally {
            pager.gate().exitAlone();
        }
    }

    private void take(UffdEvent event, long now) {
        switch (event) {
            case UffdEvent.Pagefault fault -> {
                boolean isNew = queue.add(fault.address(), fault.flags(), now);
                context.counters.add(ThreadCounters.FAULTS, 1);
                context.counters.add(ThreadCounters.DUPLICATES, isNew ? 0 : 1);
            }
            case UffdEvent.Remove remove -> pager.memory().removed(remove.start(), remove.end(), context.calls);
            case UffdEvent.Unmap unmap -> pager.memory().unmapped(unmap.start(), unmap.end(), context.calls);
            case UffdEvent.Remap remap ->
                throw new PagingException("memory at 0x%x was moved to 0x%x while its pages are provided"
                        .formatted(remap.from(), remap.to()));
            case UffdEvent.Fork _, UffdEvent.Unrecognized _ ->
                throw new PagingException("the userfaultfd reports what was not asked for: " + event);
        }
    }

    private void handleOldest() {
        long address = queue.address();
        RegionPages region = pager.memory().regionOfAddress(address);
        if (region == null) {
            context.calls.wake(address & -Mapping.PAGE_SIZE, Mapping.PAGE_SIZE);
        } else {
            handle(region, region.pageOfAddress(address));
        }
        if (!isReplaced()) {
            queue.remove();
        }
    }

    private void handle(RegionPages region, int page) {
        context.beginWork();
        try {
            context.begin(queue.since());
            if ((queue.flags() & UserfaultfdConstants.UFFD_PAGEFAULT_FLAG_WP) != 0) {
                pager.protection().end(context, region, page);
            } else {
                pager.resolver().resolve(context, region, page, PageResolver.Waiter.ASLEEP);
            }
        } finally {
            context.endWork();
        }
    }
}
