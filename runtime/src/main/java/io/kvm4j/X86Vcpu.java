package io.kvm4j;

import io.kvm4j.cpuid.CpuidPolicy;
import io.kvm4j.cpuid.CpuidResult;
import io.kvm4j.cpuid.CpuidTarget;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmFpu;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmXsave;
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
    private final KvmMsrs msr;
    private final KvmFpu fpu;
    private final KvmLapicState lapic;

    X86Vcpu(int id, Vm vm, X86VcpuIoctls ioctls, ExclusiveUse use, Arena arena) {
        this.id = id;
        this.vm = vm;
        this.ioctls = ioctls;
        this.use = use;
        this.regs = KvmRegs.allocate(arena);
        this.sregs = KvmSregs.allocate(arena);
        this.msr = KvmMsrs.allocate(arena, 1);
        this.fpu = KvmFpu.allocate(arena);
        this.lapic = KvmLapicState.allocate(arena);
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

    /**
     * Reads an MSR. Allocates nothing.
     *
     * @throws IllegalArgumentException if KVM does not read it
     */
    public long msr(int number) {
        use.enter();
        try {
            msr.entry(0).index(number).data(0);
            if (ioctls.getMsrs(msr) != 1) {
                throw new IllegalArgumentException(
                        "KVM does not read MSR 0x%x of vCPU %d: it does not know it, or the vCPU's CPUID lacks it"
                                .formatted(number, id));
            }
            return msr.entry(0).data();
        } finally {
            use.leave();
        }
    }

    /**
     * Sets an MSR. Allocates nothing.
     *
     * @throws IllegalArgumentException if KVM does not take the value, or does not know the MSR
     */
    public void setMsr(int number, long value) {
        use.enter();
        try {
            msr.entry(0).index(number).data(value);
            if (ioctls.setMsrs(msr) != 1) {
                throw new IllegalArgumentException(
                        "KVM does not set MSR 0x%x of vCPU %d to 0x%x: it does not know it, or the value is not allowed"
                                .formatted(number, id, value));
            }
        } finally {
            use.leave();
        }
    }

    /** Reads the x87 and SSE registers, all but MXCSR, into one view that is the same each time. Allocates nothing. */
    public KvmFpu fpu() {
        use.enter();
        try {
            ioctls.getFpu(fpu);
            return fpu;
        } finally {
            use.leave();
        }
    }

    /** Reads the x87 and SSE registers, lets {@code change} change some, and sets them, all but MXCSR. */
    public void setFpu(Consumer<KvmFpu> change) {
        change.accept(fpu());
        use.enter();
        try {
            ioctls.setFpu(fpu);
        } finally {
            use.leave();
        }
    }

    /**
     * Reads the registers of the local APIC into one view that is the same each time. Allocates nothing.
     *
     * @throws ErrnoException with EINVAL if the VM has no interrupt controller in the kernel
     */
    public KvmLapicState lapic() {
        use.enter();
        try {
            ioctls.getLapic(lapic);
            return lapic;
        } finally {
            use.leave();
        }
    }

    /** Reads the registers of the local APIC, lets {@code change} change some, and sets them. */
    public void setLapic(Consumer<KvmLapicState> change) {
        change.accept(lapic());
        use.enter();
        try {
            ioctls.setLapic(lapic);
        } finally {
            use.leave();
        }
    }

    /** Reads the extended state of the vCPU, of whatever size it has on this host. */
    public KvmXsave xsave() {
        use.enter();
        try {
            return readXsave();
        } finally {
            use.leave();
        }
    }

    private KvmXsave readXsave() {
        if (vm.checkExtension(Capability.KVM_CAP_XSAVE2) != 0) {
            return ioctls.getXsave2(Arena.ofAuto());
        }
        KvmXsave xsave = KvmXsave.allocate(Arena.ofAuto(), 0);
        ioctls.getXsave(xsave);
        return xsave;
    }

    /** Reads the extended state, lets {@code change} change some of it, and sets it. */
    public void setXsave(Consumer<KvmXsave> change) {
        KvmXsave xsave = xsave();
        change.accept(xsave);
        use.enter();
        try {
            ioctls.setXsave(xsave);
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
