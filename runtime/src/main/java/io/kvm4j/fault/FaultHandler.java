package io.kvm4j.fault;

import io.kvm4j.uapi.KvmExit;

/**
 * Handles the faults of one thread, those of the vCPU that it runs, and keeps what that takes. A loop takes one from {@link
 * DemandPager#handler} before it begins:
 *
 * <pre>{@code
 * FaultHandler faults = pager.handler();
 * while (cpu.run()) {
 *     switch (cpu.exit()) {
 *         case KvmExit exit when faults.handle(exit) -> {}
 *         case KvmExit other -> throw new UnhandledExitException(other);
 *     }
 * }
 * }</pre>
 *
 * <p>It is the thread's alone; every method throws {@link IllegalStateException} in another one.
 */
public final class FaultHandler {
    private final PagerLifecycle lifecycle;
    private final PagedMemory memory;
    private final CallerFaults faults;
    private final Thread thread = Thread.currentThread();
    private final FaultContext context;

    /** For the calling thread. */
    FaultHandler(PagerCore core) {
        this.lifecycle = core.lifecycle;
        this.memory = core.memory;
        this.faults = core.callerFaults;
        this.context = core.contexts.ofCaller();
    }

    /**
     * Handles an exit if it is the pager's matter, which a memory fault is. An MMIO exit inside its memory means that KVM
     * emulated an access to a page that was absent and has lost it: never a device's, it fails the pager.
     *
     * @return whether the exit was handled, and the guest can run on
     * @throws PagingException if the page cannot be provided
     */
    public boolean handle(KvmExit exit) {
        return switch (exit) {
            case KvmExit.MemoryFault fault -> resolveIfMine(fault.gpa());
            case KvmExit.Mmio mmio when isLost(mmio) -> throw lostAccess(mmio);
            default -> false;
        };
    }

    /** A write to memory that is read-only for the guest is an exit whether its page is there or not. */
    private boolean isLost(KvmExit.Mmio mmio) {
        RegionPages region = memory.regionOfGpa(mmio.physAddr());
        return region != null && !(mmio.isStore() && region.region.isReadOnly());
    }

    private PagingException lostAccess(KvmExit.Mmio mmio) {
        PagingException e = new PagingException(
                "an MMIO exit at gpa 0x%x, where the guest has memory: KVM emulated an access to an absent page"
                        .formatted(mmio.physAddr()));
        lifecycle.fail(e);
        return e;
    }

    /**
     * Provides the page of a memory fault. If another thread has it in hand, waits for that.
     *
     * @throws PagingException if the page cannot be provided, or is none of the pager's
     * @throws RepeatedFaultException if the page faults again and again though it is there
     */
    public void resolve(KvmExit.MemoryFault fault) {
        resolve(fault.gpa());
    }

    /**
     * Provides the page at a guest physical address, where a vCPU of this thread faulted. If another thread has it in hand,
     * waits for that.
     *
     * @throws PagingException if the page cannot be provided, or is none of the pager's
     * @throws RepeatedFaultException if the page faults again and again though it is there
     */
    public void resolve(long gpa) {
        if (!resolveIfMine(gpa)) {
            throw noMemory(gpa);
        }
    }

    private boolean resolveIfMine(long gpa) {
        RegionPages region = memory.regionOfGpa(gpa);
        if (region == null) {
            return false;
        }
        faults.provide(own(), region, region.pageOfGpa(gpa), true);
        return true;
    }

    /**
     * Makes memory present that this thread is about to touch by itself.
     *
     * @param gpa where it starts
     * @param length in bytes
     */
    public void ensure(long gpa, long length) {
        for (long at = gpa; at - gpa < length; ) {
            RegionPages region = memory.regionOfGpa(at);
            if (region == null) {
                throw noMemory(at);
            }
            faults.provide(own(), region, region.pageOfGpa(at), false);
            at = region.gpa(region.pageOfGpa(at)) + region.pageSize;
        }
    }

    private static PagingException noMemory(long gpa) {
        return new PagingException("the pager has no memory at gpa 0x%x".formatted(gpa));
    }

    /** The thread's context. */
    FaultContext own() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("this handler of faults is for thread \"%s\", not for \"%s\""
                    .formatted(thread.getName(), Thread.currentThread().getName()));
        }
        return context;
    }
}
