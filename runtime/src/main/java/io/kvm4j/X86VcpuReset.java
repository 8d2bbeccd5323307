package io.kvm4j;

import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmMpState;
import io.kvm4j.uapi.x86_64.KvmDebugregs;
import io.kvm4j.uapi.x86_64.KvmFpu;
import io.kvm4j.uapi.x86_64.KvmGuestDebug;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmMsrList;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.KvmNestedState;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmVcpuEvents;
import io.kvm4j.uapi.x86_64.KvmXcrs;
import io.kvm4j.uapi.x86_64.KvmXsave;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The state that a vCPU of x86_64 had when it was new, to give it that again. What this kernel has no ioctl for is left out.
 */
final class X86VcpuReset {
    /** The time stamp counter runs on with those of the other vCPUs. */
    private static final int MSR_IA32_TSC = 0x10;

    /** How many MSRs KVM takes at once (MAX_IO_MSRS). */
    private static final int MOST_MSRS = 256;

    /** How many exits one instruction can still have ahead: an access of 8 bytes across pages has two. */
    private static final int MOST_EXITS = 64;

    private final Arena arena = Arena.ofAuto();
    private final List<Part> parts = new ArrayList<>();

    private X86VcpuReset() {}

    /** A part of the state, in the order in which they are set. */
    @FunctionalInterface
    private interface Part {
        void set(X86VcpuIoctls ioctls);
    }

    /** Reads the state of a vCPU that has not run. */
    static X86VcpuReset of(Vcpu vcpu) {
        X86VcpuReset state = new X86VcpuReset();
        X86VcpuIoctls ioctls = vcpu.x86().ioctls();
        ifPossible(() -> state.addNested(vcpu, ioctls));
        ifPossible(() -> state.addRegisters(ioctls));
        ifPossible(() -> state.addExtendedState(vcpu, ioctls));
        ifPossible(() -> state.addDebugRegisters(ioctls));
        ifPossible(() -> state.addApic(ioctls));
        ifPossible(() -> state.addMsrs(vcpu.vm().x86().msrs(), ioctls));
        ifPossible(() -> state.addEvents(ioctls));
        ifPossible(() -> state.addMpState(ioctls));
        return state;
    }

    /** Finishes what the vCPU had begun, and gives it the state of a new one. */
    void restore(Vcpu vcpu) {
        ifPossible(() -> finishExit(vcpu));
        vcpu.kvmRun().segment().fill((byte) 0);
        vcpu.clearSignalMask();
        X86VcpuIoctls ioctls = vcpu.x86().ioctls();
        ifPossible(() -> stopDebugging(ioctls));
        ifPossible(() -> vcpu.x86().setCpuid(vcpu.vm().x86().cpuidPolicy()));
        for (Part part : parts) {
            ifPossible(() -> part.set(ioctls));
        }
    }

    private static void ifPossible(Runnable call) {
        try {
            call.run();
        } catch (ErrnoException e) {
            // This kernel cannot, as the class says.
        }
    }

    private static void finishExit(Vcpu vcpu) {
        for (int i = 0; i < MOST_EXITS; i++) {
            if (vcpu.completeExit() instanceof KvmExit.Intr) {
                return;
            }
        }
    }

    private static void stopDebugging(X86VcpuIoctls ioctls) {
        try (Arena call = Arena.ofConfined()) {
            ioctls.setGuestDebug(KvmGuestDebug.allocate(call));
        }
    }

    /** Comes first: it leaves a nested guest, whose registers the others would set. */
    private void addNested(Vcpu vcpu, X86VcpuIoctls ioctls) {
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_NESTED_STATE) != 0) {
            KvmNestedState nested = ioctls.getNestedState(arena);
            parts.add(i -> i.setNestedState(nested));
        }
    }

    private void addRegisters(X86VcpuIoctls ioctls) {
        KvmSregs sregs = KvmSregs.allocate(arena);
        ioctls.getSregs(sregs);
        parts.add(i -> i.setSregs(sregs));
        KvmRegs regs = KvmRegs.allocate(arena);
        ioctls.getRegs(regs);
        parts.add(i -> i.setRegs(regs));
    }

    private void addExtendedState(Vcpu vcpu, X86VcpuIoctls ioctls) {
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_XCRS) != 0) {
            KvmXcrs xcrs = KvmXcrs.allocate(arena);
            ioctls.getXcrs(xcrs);
            parts.add(i -> i.setXcrs(xcrs));
        }
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_XSAVE2) != 0) {
            KvmXsave xsave = ioctls.getXsave2(arena);
            parts.add(i -> i.setXsave(xsave));
        } else if (vcpu.vm().checkExtension(Capability.KVM_CAP_XSAVE) != 0) {
            KvmXsave xsave = KvmXsave.allocate(arena);
            ioctls.getXsave(xsave);
            parts.add(i -> i.setXsave(xsave));
        }
        KvmFpu fpu = KvmFpu.allocate(arena);
        ioctls.getFpu(fpu);
        parts.add(i -> i.setFpu(fpu));
    }

    private void addDebugRegisters(X86VcpuIoctls ioctls) {
        KvmDebugregs registers = KvmDebugregs.allocate(arena);
        ioctls.getDebugregs(registers);
        parts.add(i -> i.setDebugregs(registers));
    }

    private void addApic(X86VcpuIoctls ioctls) {
        KvmLapicState apic = KvmLapicState.allocate(arena);
        ioctls.getLapic(apic);
        parts.add(i -> i.setLapic(apic));
    }

    private void addMsrs(KvmMsrList list, X86VcpuIoctls ioctls) {
        KvmMsrs msrs = KvmMsrs.allocate(arena, list.nmsrs());
        int count = 0;
        for (int n = 0; n < list.nmsrs(); n++) {
            if (list.entry(n) != MSR_IA32_TSC) {
                msrs.entry(count++).index(list.entry(n));
            }
        }
        int wanted = count;
        each(msrs, wanted, ioctls::getMsrs);
        parts.add(i -> each(msrs, wanted, i::setMsrs));
    }

    /** Calls for all MSRs; KVM ends a call at one that it refuses, which is passed over. */
    private static void each(KvmMsrs msrs, int count, ToIntFunction<KvmMsrs> call) {
        try (Arena rest = Arena.ofConfined()) {
            for (int from = 0; from < count; ) {
                KvmMsrs chunk = KvmMsrs.allocate(rest, Math.min(count - from, MOST_MSRS));
                copy(msrs, from, chunk, 0, chunk.nmsrs());
                int done = call.applyAsInt(chunk);
                copy(chunk, 0, msrs, from, done);
                from += done < chunk.nmsrs() ? done + 1 : done;
            }
        }
    }

    private static void copy(KvmMsrs from, int first, KvmMsrs to, int toFirst, int count) {
        for (int i = 0; i < count; i++) {
            int index = from.entry(first + i).index();
            long data = from.entry(first + i).data();
            to.entry(toFirst + i).index(index).data(data);
        }
    }

    private void addEvents(X86VcpuIoctls ioctls) {
        KvmVcpuEvents events = KvmVcpuEvents.allocate(arena);
        ioctls.getVcpuEvents(events);
        parts.add(i -> i.setVcpuEvents(events));
    }

    private void addMpState(X86VcpuIoctls ioctls) {
        KvmMpState mpState = KvmMpState.allocate(arena);
        ioctls.getMpState(mpState);
        parts.add(i -> i.setMpState(mpState));
    }
}
