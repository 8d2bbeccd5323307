package io.kvm4j.examples.paging;

import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.fault.DemandPager;
import io.kvm4j.fault.FaultHandler;
import io.kvm4j.fault.FaultStrategy;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmExitDecoder;
import java.util.concurrent.Phaser;
import org.jspecify.annotations.Nullable;

/**
 * One vCPU and its loop. It takes part in a phaser, whose phases end when all are ready, when they are let go, and when
 * they have touched all their pages; who fails leaves it, so that nobody waits for him.
 */
final class Toucher {
    private final Vcpu vcpu;
    private final @Nullable DemandPager pager;
    private final Phaser phases;

    // The thread's own until it has ended.
    private long faults;
    private long finished;

    Toucher(Vcpu vcpu, @Nullable DemandPager pager, Phaser phases) {
        this.vcpu = vcpu;
        this.pager = pager;
        this.phases = phases;
        phases.register();
    }

    Vcpu vcpu() {
        return vcpu;
    }

    /** How often the vCPU came back since a page was absent. */
    long faults() {
        return faults;
    }

    /** When it had touched all its pages, by {@link System#nanoTime}. */
    long finished() {
        return finished;
    }

    void start() {
        vcpu.start(cpu -> {
            try {
                if (pager != null && pager.strategy() instanceof FaultStrategy.FailingRuns) {
                    runFailing(cpu, pager.handler());
                } else {
                    run(cpu);
                }
            } finally {
                phases.arriveAndDeregister();
            }
        });
    }

    private void run(VcpuThread cpu) {
        FaultHandler handler = pager == null ? null : pager.handler();
        while (cpu.run()) {
            switch (cpu.exit()) {
                case KvmExit.MemoryFault fault
                when handler != null -> {
                    faults++;
                    handler.resolve(fault);
                }
                case KvmExit.Mmio mmio
                when mmio.physAddr() == TouchingGuest.DOORBELL -> {
                    if (answer(mmio.value())) {
                        return;
                    }
                }
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    /**
     * Runs a vCPU whose runs fail when a page is absent. {@link Vcpu#run} would throw each time, which is too dear for
     * what happens at every page; so this calls KVM_RUN itself. The kernel doesn't say where the vCPU stands, but its
     * code touches absent pages in one place only, and with the address in rdi.
     */
    private void runFailing(VcpuThread cpu, FaultHandler handler) {
        KvmExitDecoder exits = new KvmExitDecoder(vcpu.kvmRun().segment());
        while (!cpu.isStopped()) {
            int result = vcpu.ioctls().run();
            if (result == -Errno.EFAULT) {
                faults++;
                handler.resolve(vcpu.x86().regs().rdi());
            } else if (result < 0 && result != -Errno.EINTR) {
                throw ErrnoException.of(-result, "KVM_RUN", "vCPU " + vcpu.id());
            } else if (result >= 0) {
                switch (exits.decode(vcpu.kvmRun().exitReason())) {
                    case KvmExit.Mmio mmio
                    when mmio.physAddr() == TouchingGuest.DOORBELL -> {
                        if (answer(mmio.value())) {
                            return;
                        }
                    }
                    case KvmExit other -> throw new UnhandledExitException(other);
                }
            }
        }
    }

    /** Does what the guest waits for. Returns whether it is done. */
    private boolean answer(long said) {
        switch ((int) said) {
            case TouchingGuest.READY -> awaitOthers();
            case TouchingGuest.TOUCHED -> {
                finished = System.nanoTime();
                awaitOthers();
            }
            case TouchingGuest.CHECKED -> {
                return true;
            }
            default -> throw wrongContent();
        }
        return false;
    }

    /** Waits until all are as far, and then until the experiment lets them go on. */
    private void awaitOthers() {
        phases.arriveAndAwaitAdvance();
        phases.arriveAndAwaitAdvance();
    }

    private WrongContentException wrongContent() {
        long gpa = vcpu.x86().regs().rdi();
        return new WrongContentException(vcpu.id(), gpa, vcpu.x86().regs().rbp());
    }
}
