package io.kvm4j.state;

import static io.kvm4j.state.X86VcpuParts.CPUID;
import static io.kvm4j.state.X86VcpuParts.DEBUGREGS;
import static io.kvm4j.state.X86VcpuParts.EVENTS;
import static io.kvm4j.state.X86VcpuParts.FPU;
import static io.kvm4j.state.X86VcpuParts.ID;
import static io.kvm4j.state.X86VcpuParts.LAPIC;
import static io.kvm4j.state.X86VcpuParts.MP_STATE;
import static io.kvm4j.state.X86VcpuParts.MSRS;
import static io.kvm4j.state.X86VcpuParts.NESTED;
import static io.kvm4j.state.X86VcpuParts.REGS;
import static io.kvm4j.state.X86VcpuParts.SREGS;
import static io.kvm4j.state.X86VcpuParts.SREGS2;
import static io.kvm4j.state.X86VcpuParts.TSC_KHZ;
import static io.kvm4j.state.X86VcpuParts.XCRS;
import static io.kvm4j.state.X86VcpuParts.XSAVE;

import io.kvm4j.Vcpu;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmMpState;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import io.kvm4j.uapi.x86_64.KvmDebugregs;
import io.kvm4j.uapi.x86_64.KvmFpu;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmMsrList;
import io.kvm4j.uapi.x86_64.KvmNestedState;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmSregs2;
import io.kvm4j.uapi.x86_64.KvmVcpuEvents;
import io.kvm4j.uapi.x86_64.KvmXcrs;
import io.kvm4j.uapi.x86_64.KvmXsave;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads the state of a vCPU of x86_64. Some requests change what others read, so that the order matters: KVM_GET_MP_STATE
 * may deliver events to the APIC and KVM_GET_LAPIC may move it on, hence these come first and the pending events last.
 */
final class X86VcpuSaver {
    private final Vcpu vcpu;
    private final X86VcpuIoctls ioctls;
    private final Arena arena;
    private final StateImage.Builder state = new StateImage.Builder(StateKind.VCPU);

    private X86VcpuSaver(Vcpu vcpu, Arena arena) {
        this.vcpu = vcpu;
        this.ioctls = vcpu.x86().ioctls();
        this.arena = arena;
    }

    static StateImage save(Vcpu vcpu) {
        try (Arena arena = Arena.ofConfined()) {
            return new X86VcpuSaver(vcpu, arena).save();
        }
    }

    private StateImage save() {
        state.add(ID, vcpu.id());
        saveMpState();
        saveLapic();
        saveRegisters();
        saveExtendedState();
        saveDebugRegisters();
        saveCpuid();
        saveTscFrequency();
        saveMsrs();
        saveNested();
        saveEvents();
        X86VcpuParts.SAVED_CAPABILITIES.save(vcpu.enabledCapabilities(), state, arena);
        return state.build();
    }

    /** Whether the VM has what a part needs; else says what is missing. */
    private boolean has(Capability capability, String part) {
        boolean present = vcpu.vm().checkExtension(capability) != 0;
        if (!present) {
            state.omit(part, "the kernel lacks " + capability);
        }
        return present;
    }

    private void saveMpState() {
        if (has(Capability.KVM_CAP_MP_STATE, MP_STATE)) {
            KvmMpState mpState = KvmMpState.allocate(arena);
            ioctls.getMpState(mpState);
            state.add(MP_STATE, mpState.segment());
        }
    }

    private void saveLapic() {
        KvmLapicState lapic = KvmLapicState.allocate(arena);
        try {
            ioctls.getLapic(lapic);
            state.add(LAPIC, lapic.segment());
        } catch (ErrnoException e) {
            requireMeaningNone(e, Errno.EINVAL);
            state.omit(LAPIC, "the vCPU has no APIC in the kernel");
        }
    }

    private void saveRegisters() {
        KvmRegs regs = KvmRegs.allocate(arena);
        ioctls.getRegs(regs);
        state.add(REGS, regs.segment());
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_SREGS2) != 0) {
            KvmSregs2 sregs = KvmSregs2.allocate(arena);
            ioctls.getSregs2(sregs);
            state.add(SREGS2, sregs.segment());
        } else {
            KvmSregs sregs = KvmSregs.allocate(arena);
            ioctls.getSregs(sregs);
            state.add(SREGS, sregs.segment());
        }
    }

    private void saveExtendedState() {
        if (vcpu.vm().checkExtension(Capability.KVM_CAP_XSAVE2) != 0) {
            state.add(XSAVE, ioctls.getXsave2(arena).segment());
        } else if (vcpu.vm().checkExtension(Capability.KVM_CAP_XSAVE) != 0) {
            KvmXsave xsave = KvmXsave.allocate(arena);
            ioctls.getXsave(xsave);
            state.add(XSAVE, xsave.segment());
        } else {
            KvmFpu fpu = KvmFpu.allocate(arena);
            ioctls.getFpu(fpu);
            state.add(FPU, fpu.segment());
        }
        if (has(Capability.KVM_CAP_XCRS, XCRS)) {
            KvmXcrs xcrs = KvmXcrs.allocate(arena);
            ioctls.getXcrs(xcrs);
            state.add(XCRS, xcrs.segment());
        }
    }

    private void saveDebugRegisters() {
        if (has(Capability.KVM_CAP_DEBUGREGS, DEBUGREGS)) {
            KvmDebugregs registers = KvmDebugregs.allocate(arena);
            ioctls.getDebugregs(registers);
            state.add(DEBUGREGS, registers.segment());
        }
    }

    /** Saves CPUID without the empty entries that Linux 6.1 leaves behind the last leaf. */
    private void saveCpuid() {
        KvmCpuid2 cpuid = ioctls.getCpuid2(arena);
        int leaves = cpuid.nent();
        while (leaves > 0 && isEmpty(cpuid.entry(leaves - 1))) {
            leaves--;
        }
        cpuid.nent(leaves);
        long size = KvmCpuid2.LAYOUT.byteSize() + leaves * KvmCpuidEntry2.LAYOUT.byteSize();
        state.add(CPUID, cpuid.segment().asSlice(0, size));
    }

    private static boolean isEmpty(KvmCpuidEntry2 leaf) {
        return (leaf.function() | leaf.index() | leaf.eax() | leaf.ebx() | leaf.ecx() | leaf.edx()) == 0;
    }

    private void saveTscFrequency() {
        if (has(Capability.KVM_CAP_GET_TSC_KHZ, TSC_KHZ)) {
            try {
                state.add(TSC_KHZ, ioctls.getTscKhz());
            } catch (ErrnoException e) {
                requireMeaningNone(e, Errno.EIO);
                state.omit(TSC_KHZ, "the host's time stamp counter is not stable");
            }
        }
    }

    private void saveMsrs() {
        KvmMsrList list = vcpu.vm().x86().msrs();
        List<Msr> wanted = IntStream.range(0, list.nmsrs())
                .mapToObj(i -> new Msr(list.entry(i), 0))
                .toList();
        List<Msr> unreadable = new ArrayList<>();
        List<Msr> msrs = new MsrRequests(ioctls).read(wanted, unreadable);
        state.add(MSRS, MsrRequests.toStruct(arena, msrs).segment());
        for (Msr msr : unreadable) {
            state.omit("MSR 0x%x".formatted(msr.index()), "KVM_GET_MSRS cannot read it");
        }
    }

    private void saveNested() {
        if (has(Capability.KVM_CAP_NESTED_STATE, NESTED)) {
            KvmNestedState nested = ioctls.getNestedState(arena);
            state.add(NESTED, nested.segment().asSlice(0, nested.size()));
        }
    }

    private void saveEvents() {
        if (has(Capability.KVM_CAP_VCPU_EVENTS, EVENTS)) {
            KvmVcpuEvents events = KvmVcpuEvents.allocate(arena);
            ioctls.getVcpuEvents(events);
            state.add(EVENTS, events.segment());
        }
    }

    /** Lets the errno pass by which KVM says that there is no such thing. */
    static void requireMeaningNone(ErrnoException failure, int none) {
        if (failure.errno() != none) {
            throw failure;
        }
    }
}
