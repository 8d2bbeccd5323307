package io.kvm4j;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmRun;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmSyncRegs;
import io.kvm4j.uapi.x86_64.KvmVcpuEvents;
import io.kvm4j.uapi.x86_64.SyncReg;
import io.kvm4j.uapi.x86_64.SyncRegs;

/**
 * Registers that KVM copies to the memory that it shares with this process whenever the vCPU comes back, and from there when
 * it runs again: reading and changing them takes no ioctl ({@code KVM_CAP_SYNC_REGS}, on x86_64). For the vCPU's thread, like
 * the vCPU itself. Nothing here allocates.
 *
 * <pre>{@code
 * SyncedRegisters synced = SyncedRegisters.of(vcpu, SyncReg.KVM_SYNC_X86_REGS);
 * vcpu.run();
 * synced.regs().rax(synced.regs().rax() + 1);
 * synced.changed(SyncReg.KVM_SYNC_X86_REGS);
 * vcpu.run();
 * }</pre>
 */
public final class SyncedRegisters implements AutoCloseable {
    private final Vcpu vcpu;
    private final KvmRun run;
    private final KvmSyncRegs registers;
    private final long which;

    private SyncedRegisters(Vcpu vcpu, SyncRegs which) {
        this.vcpu = vcpu;
        this.run = vcpu.kvmRun();
        this.registers = KvmSyncRegs.of(run.s().regs());
        this.which = which.bits();
        run.kvmValidRegs(this.which);
    }

    /**
     * Has registers copied from the next run on, in place of those that were before.
     *
     * @throws UnsupportedOperationException if the kernel cannot copy them, or on another architecture
     */
    public static SyncedRegisters of(Vcpu vcpu, SyncReg... which) {
        vcpu.x86();
        SyncRegs wanted = SyncRegs.of(which);
        long possible = vcpu.vm().checkExtension(Capability.KVM_CAP_SYNC_REGS);
        long lacking = wanted.bits() & ~possible;
        if (lacking != 0) {
            throw new UnsupportedOperationException(
                    "this kernel's KVM_CAP_SYNC_REGS lacks " + SyncRegs.ofBits(lacking));
        }
        return new SyncedRegisters(vcpu, wanted);
    }

    /** The general registers as of the last run, if they are copied. */
    public KvmRegs regs() {
        require(SyncReg.KVM_SYNC_X86_REGS);
        return registers.regs();
    }

    /** The special registers as of the last run, if they are copied. */
    public KvmSregs sregs() {
        require(SyncReg.KVM_SYNC_X86_SREGS);
        return registers.sregs();
    }

    /** The pending events as of the last run, if they are copied. */
    public KvmVcpuEvents events() {
        require(SyncReg.KVM_SYNC_X86_EVENTS);
        return registers.events();
    }

    /** Has KVM take registers from here at the next run. */
    public void changed(SyncReg registersOfGuest) {
        require(registersOfGuest);
        run.kvmDirtyRegs(run.kvmDirtyRegs() | registersOfGuest.mask());
    }

    private void require(SyncReg registersOfGuest) {
        if ((which & registersOfGuest.mask()) == 0) {
            throw new IllegalStateException(registersOfGuest + " is not among the registers that are copied");
        }
    }

    /** Has no registers copied any more, unless the vCPU is closed; changes that KVM has not taken are dropped. */
    @Override
    public void close() {
        if (!vcpu.isClosed()) {
            run.kvmValidRegs(0).kvmDirtyRegs(0);
        }
    }
}
