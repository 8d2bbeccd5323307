package io.kvm4j.coalesced;

import io.kvm4j.Vcpu;
import io.kvm4j.VmPart;
import io.kvm4j.posix.Cleanup;
import io.kvm4j.posix.Mapping;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.CoalescedMmio;
import io.kvm4j.uapi.KvmCoalescedMmio;
import io.kvm4j.uapi.KvmVmIoctls;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writes that wait in the ring of a VM, which all its vCPUs share: those to its {@link CoalescedZone}s. {@link #drain}
 * belongs before the handling of each exit, for they came before it:
 *
 * <pre>{@code
 * CoalescedWrites writes = CoalescedWrites.of(vcpu, device::write);
 * while (cpu.run()) {
 *     writes.drain();
 *     switch (cpu.exit()) { … }
 * }
 * }</pre>
 *
 * <p>A guest that does not exit keeps its writes waiting until the ring is full; a vCPU that must not is {@linkplain
 * io.kvm4j.VcpuThread#kick kicked}, or the ring is drained by another thread: any may do so. Linux 6.1 may take the ring
 * for full when half of it is free; 6.12 does not. The write that finds it full is an exit like any other.
 */
public final class CoalescedWrites extends VmPart {
    /** What becomes of a write. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Does what the write asks for.
         *
         * @param isPort whether it went to a port, not to an address
         * @param address the port or the guest physical address
         * @param length its bytes
         * @param value the value, zero-extended
         */
        void write(boolean isPort, long address, int length, long value);
    }

    private final Mapping page;
    private final CoalescedMmio ring;
    private final Handler handler;

    /** One thread at a time takes writes, so that another one's exit is not handled before them. */
    private final ReentrantLock lock = new ReentrantLock();

    private CoalescedWrites(Vcpu vcpu, Mapping page, Handler handler) {
        super(vcpu.vm());
        this.page = page;
        this.ring = CoalescedMmio.of(page.segment());
        this.handler = handler;
    }

    /**
     * The writes of a VM.
     *
     * @param vcpu one of its vCPUs, it matters not which: they have the ring in common
     * @param handler what becomes of them
     * @throws UnsupportedOperationException if the kernel lacks KVM_CAP_COALESCED_MMIO
     * @throws IllegalStateException if somebody takes the VM's writes already
     */
    public static CoalescedWrites of(Vcpu vcpu, Handler handler) {
        int offset = vcpu.vm().checkExtension(Capability.KVM_CAP_COALESCED_MMIO);
        if (offset == 0) {
            throw new UnsupportedOperationException("this kernel lacks KVM_CAP_COALESCED_MMIO");
        }
        long start = (long) offset * Mapping.PAGE_SIZE;
        Mapping page = Mapping.shared(vcpu.fd(), "the coalesced writes", start, Mapping.PAGE_SIZE);
        try {
            CoalescedWrites writes = new CoalescedWrites(vcpu, page, handler);
            writes.begin(_ -> {});
            return writes;
        } catch (Throwable e) {
            throw Cleanup.after(e).run(page::close).rethrow();
        }
    }

    @Override
    protected void requireCompatible(VmPart other) {
        if (other instanceof CoalescedWrites) {
            throw new IllegalStateException("the VM's coalesced writes are taken already: a VM has one ring");
        }
    }

    /**
     * Hands the writes that wait to the handler, oldest first, and no more of them than the ring has room for, though the
     * guest goes on writing. Waits for another thread that does so. A handler that calls this gets none. Allocates nothing.
     *
     * @return how many there were
     * @throws IllegalStateException if the ring is damaged, or this is closed
     */
    public int drain() {
        if (lock.isHeldByCurrentThread()) {
            return 0;
        }
        lock.lock();
        try {
            int taken = 0;
            while (taken < ring.capacity() && ring.next()) {
                taken++;
                hand(ring.write());
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void hand(KvmCoalescedMmio write) {
        handler.write(write.pio() != 0, write.physAddr(), write.len(), ring.value());
    }

    @Override
    protected void end(KvmVmIoctls ioctls) {
        page.close();
    }
}
