package io.kvm4j.state;

import io.kvm4j.Vcpu;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.x86_64.KvmXsave;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives a vCPU of x86_64 a state. Each part is set once those are that KVM checks it against, or that setting them would
 * undo it:
 *
 * <ol>
 *   <li>CPUID, since it decides which registers and bits there are; capabilities of the vCPU, and the frequency of the time
 *       stamp counter
 *   <li>the MSRs of VMX, the special registers (EFER, APIC base), and then the state of nested virtualization
 *   <li>the general registers, since setting them drops pending exceptions, and the extended and debug registers
 *   <li>the APIC, which needs its base; then the other MSRs
 *   <li>pending events, and whether the vCPU runs
 *   <li>the time stamp counter, and then the timer's deadline
 * </ol>
 */
final class X86VcpuLoader {
    /** A difference in frequency that is not worth scaling: what a guest's own clock corrects. */
    private static final int TOLERATED_PARTS_PER_MILLION = 250;

    private final Vcpu vcpu;
    private final X86VcpuIoctls ioctls;
    private final X86VcpuParts parts;
    private final MsrRestore msrs;

    X86VcpuLoader(Vcpu vcpu, X86VcpuParts parts) {
        this.vcpu = vcpu;
        this.ioctls = vcpu.x86().ioctls();
        this.parts = parts;
        this.msrs = new MsrRestore(ioctls, MsrRequests.of(parts.msrs()));
    }

    /**
     * Sets everything.
     *
     * @return the MSRs that KVM did not take
     */
    static List<RefusedMsr> load(Vcpu vcpu, X86VcpuParts parts) {
        X86VcpuLoader loader = new X86VcpuLoader(vcpu, parts);
        loader.loadAllButTime();
        loader.msrs.setTsc();
        loader.startTimer();
        return loader.refused();
    }

    /** Sets everything but the time stamp counter, and the APIC's timer that depends on it. */
    void loadAllButTime() {
        ioctls.setCpuid2(parts.cpuid());
        parts.capabilities().forEach(enabled -> vcpu.enableCap(enabled.capability(), enabled.argumentArray()));
        setTscFrequency(parts.tscKhz());
        msrs.setFirst();
        setSpecialRegisters();
        ifThere(parts.nested(), ioctls::setNestedState);
        ioctls.setRegs(parts.regs());
        ifThere(parts.xcrs(), ioctls::setXcrs);
        ifThere(parts.xsave(), this::setXsave);
        ifThere(parts.fpu(), ioctls::setFpu);
        ifThere(parts.debugregs(), ioctls::setDebugregs);
        ifThere(parts.lapic(), ioctls::setLapic);
        msrs.set();
        ifThere(parts.events(), ioctls::setVcpuEvents);
        ifThere(parts.mpState(), ioctls::setMpState);
    }

    /** Arms the APIC's timer, once the time stamp counter is set. */
    void startTimer() {
        msrs.setLast();
    }

    /** The MSRs that KVM did not take. */
    List<RefusedMsr> refused() {
        return msrs.refused();
    }

    private static <P> void ifThere(@Nullable P part, Consumer<P> set) {
        if (part != null) {
            set.accept(part);
        }
    }

    private void setSpecialRegisters() {
        if (parts.sregs2() != null) {
            ioctls.setSregs2(parts.sregs2());
        } else if (parts.sregs() != null) {
            ioctls.setSregs(parts.sregs());
        }
    }

    /** The kernel reads as many bytes as the VM's KVM_CAP_XSAVE2 says, which may be another number than the saved one's. */
    private void setXsave(KvmXsave xsave) {
        long room = Math.max(KvmXsave.LAYOUT.byteSize(), vcpu.vm().checkExtension(Capability.KVM_CAP_XSAVE2));
        MemorySegment saved = xsave.segment();
        long common = Math.min(room, saved.byteSize());
        if (saved.asSlice(common).mismatch(MemorySegment.ofArray(new byte[(int) (saved.byteSize() - common)])) != -1) {
            throw new StateRestoreException("the state has %d bytes of extended registers, vCPUs of this host have %d"
                    .formatted(saved.byteSize(), room));
        }
        try (Arena call = Arena.ofConfined()) {
            MemorySegment sized = call.allocate(room, KvmXsave.LAYOUT.byteAlignment());
            sized.copyFrom(saved.asSlice(0, common));
            ioctls.setXsave(KvmXsave.of(sized));
        }
    }

    private void setTscFrequency(@Nullable Integer saved) {
        if (saved == null) {
            return;
        }
        int present = presentTscFrequency();
        if (Math.abs((long) present - saved) * 1_000_000 <= (long) saved * TOLERATED_PARTS_PER_MILLION) {
            return;
        }
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_TSC_CONTROL) == 0) {
            throw new StateRestoreException(
                    "the guest's time stamp counter ran at %d kHz, this host's runs at %d and cannot be scaled"
                            .formatted(saved, present));
        }
        ioctls.setTscKhz(saved);
    }

    private int presentTscFrequency() {
        try {
            return ioctls.getTscKhz();
        } catch (ErrnoException e) {
            X86VcpuSaver.requireMeaningNone(e, Errno.EIO);
            return 0;
        }
    }
}
