package io.kvm4j;

import io.kvm4j.cpuid.CpuidPolicy;
import io.kvm4j.cpuid.CpuidResult;
import io.kvm4j.cpuid.CpuidTarget;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.Arena;
import java.util.function.Consumer;

/**
 * What x86_64 adds to a vCPU: registers and CPUID. For the vCPU's thread, like the vCPU itself. There is one view of the
 * general and one of the special registers, which every method here reads into: keep values, not views.
 */
public final class X86Vcpu {
    private final int id;
    private final Vm vm;
    private final X86VcpuIoctls ioctls;
    private final ExclusiveUse use;
    private final KvmRegs regs;
    private final KvmSregs sregs;

    X86Vcpu(int id, Vm vm, X86VcpuIoctls ioctls, ExclusiveUse use, Arena arena) {
        this.id = id;
        this.vm = vm;
        this.ioctls = ioctls;
        this.use = use;
        this.regs = KvmRegs.allocate(arena);
        this.sregs = KvmSregs.allocate(arena);
    }

    /** Reads the general registers. Allocates nothing. */
    public KvmRegs regs() {
        use.enter();
        try {
            ioctls.getRegs(regs);
            return regs;
        } finally {
            use.leave();
        }
    }

    /** Reads the general registers, lets {@code change} change some, and sets them. */
    public void setRegs(Consumer<KvmRegs> change) {
        change.accept(regs());
        use.enter();
        try {
            ioctls.setRegs(regs);
        } finally {
            use.leave();
        }
    }

    /** Reads the special registers: segments, control registers, descriptor tables. Allocates nothing. */
    public KvmSregs sregs() {
        use.enter();
        try {
            ioctls.getSregs(sregs);
            return sregs;
        } finally {
            use.leave();
        }
    }

    /** Reads the special registers, lets {@code change} change some, and sets them. */
    public void setSregs(Consumer<KvmSregs> change) {
        change.accept(sregs());
        use.enter();
        try {
            ioctls.setSregs(sregs);
        } finally {
            use.leave();
        }
    }

    /** Reads what the guest's CPUID instruction answers. */
    public KvmCpuid2 cpuid() {
        use.enter();
        try {
            return ioctls.getCpuid2(Arena.ofAuto());
        } finally {
            use.leave();
        }
    }

    /**
     * Defines what the guest's CPUID instruction answers, in place of all that {@link Vm#createVcpu} set. KVM takes it
     * before the first run only.
     */
    public void setCpuid(KvmCpuid2 cpuid) {
        use.enter();
        try {
            ioctls.setCpuid2(cpuid);
        } finally {
            use.leave();
        }
    }

    /**
     * Defines what the guest's CPUID instruction answers by a policy, in place of all that was set before. KVM takes it
     * before the first run only.
     *
     * @return the answers, and how they differ from what KVM supports
     * @throws IllegalArgumentException if the policy has no place for this vCPU, or its template no place on this host
     */
    public CpuidResult setCpuid(CpuidPolicy policy) {
        use.enter();
        try (Arena call = Arena.ofConfined()) {
            boolean timer = vm.checkExtension(Capability.KVM_CAP_TSC_DEADLINE_TIMER) != 0;
            CpuidTarget target = new CpuidTarget(id, hasLocalApic(call), timer);
            CpuidResult result = policy.apply(vm.x86().supportedCpuid(), target);
            ioctls.setCpuid2(result.cpuid().toStruct(call));
            return result;
        } finally {
            use.leave();
        }
    }

    /** Asks for the APIC, since a split irqchip cannot be asked for. */
    private boolean hasLocalApic(Arena call) {
        try {
            ioctls.getLapic(KvmLapicState.allocate(call));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return false;
        }
    }

    /**
     * The ioctls of the vCPU, as {@link Vcpu#ioctls}.
     *
     * @throws IllegalStateException if the vCPU is closed
     */
    public X86VcpuIoctls ioctls() {
        use.requireOpen();
        return ioctls;
    }
}
