package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Vcpu;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmInterrupt;
import io.kvm4j.uapi.KvmPreFaultMemory;
import io.kvm4j.uapi.KvmTprAccessCtl;
import io.kvm4j.uapi.KvmTranslation;
import io.kvm4j.uapi.KvmVapicAddr;
import io.kvm4j.uapi.x86_64.KvmCpuid;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import io.kvm4j.uapi.x86_64.KvmDebugregs;
import io.kvm4j.uapi.x86_64.KvmFpu;
import io.kvm4j.uapi.x86_64.KvmGuestDebug;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.KvmNestedState;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.KvmSregs;
import io.kvm4j.uapi.x86_64.KvmSregs2;
import io.kvm4j.uapi.x86_64.KvmTdxCmd;
import io.kvm4j.uapi.x86_64.KvmVcpuEvents;
import io.kvm4j.uapi.x86_64.KvmX86Mce;
import io.kvm4j.uapi.x86_64.KvmXcrs;
import io.kvm4j.uapi.x86_64.KvmXenVcpuAttr;
import io.kvm4j.uapi.x86_64.KvmXsave;
import io.kvm4j.uapi.x86_64.MsrEntries;
import io.kvm4j.uapi.x86_64.X86Constants;
import io.kvm4j.uapi.x86_64.X86SystemIoctls;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class X86VcpuIoctlsTest extends IoctlsTest {
    private static final int SYSENTER_CS = 0x174;
    private static final int MC1_STATUS = 0x405;
    private static final int SYSTEM_TIME_NEW = 0x4b564d01;
    private static final int HYPERV_VENDOR = 0x40000000;
    private static final int UNUSED_LEAF = 0x40000100;
    private static final int APIC_TPR = 0x80;
    private static final int XSTATE_BV = 512 / Integer.BYTES;

    /** {@code nop; hlt}. */
    private static final String NOP = "90 f4";

    private X86VcpuIoctls ioctls(Vcpu vcpu) {
        return recorder.recording(X86VcpuIoctls.class, vcpu.x86().ioctls());
    }

    private X86VcpuIoctls ioctls() {
        return ioctls(vm.createVcpu(0));
    }

    private X86VcpuIoctls ioctlsWithApic() {
        withIrqchip();
        return ioctls();
    }

    @Test
    void getRegs() {
        KvmRegs regs = KvmRegs.allocate(arena);
        ioctls().getRegs(regs);
        assertEquals(0xfff0, regs.rip());
        assertEquals(2, regs.rflags());
    }

    @Test
    void setRegs() {
        X86VcpuIoctls ioctls = ioctls();
        ioctls.setRegs(KvmRegs.allocate(arena).rax(1).r15(-15).rip(0x1234).rflags(2));
        KvmRegs again = KvmRegs.allocate(arena);
        ioctls.getRegs(again);
        assertEquals(1, again.rax());
        assertEquals(-15, again.r15());
        assertEquals(0x1234, again.rip());
    }

    @Test
    void getSregs() {
        KvmSregs sregs = KvmSregs.allocate(arena);
        ioctls().getSregs(sregs);
        assertEquals(0xf000, sregs.cs().selector());
    }

    @Test
    void setSregs() {
        X86VcpuIoctls ioctls = ioctls();
        KvmSregs sregs = KvmSregs.allocate(arena);
        ioctls.getSregs(sregs);
        sregs.es().base(0x12340).selector(0x1234);
        ioctls.setSregs(sregs.cr2(0x5678));
        KvmSregs again = KvmSregs.allocate(arena);
        ioctls.getSregs(again);
        assertEquals(0x12340, again.es().base());
        assertEquals(0x5678, again.cr2());
        fails(Errno.EINVAL, () -> ioctls.setSregs(again.cr0(1L << 31)));
    }

    @Test
    void getSregs2() {
        X86VcpuIoctls ioctls = ioctls();
        KvmSregs2 sregs = KvmSregs2.allocate(arena);
        needs(Capability.KVM_CAP_SREGS2, () -> ioctls.getSregs2(sregs));
        ioctls.getSregs2(sregs);
        assertEquals(0xf000, sregs.cs().selector());
        assertEquals(0, sregs.flags());
    }

    @Test
    void setSregs2() {
        X86VcpuIoctls ioctls = ioctls();
        KvmSregs2 sregs = KvmSregs2.allocate(arena);
        needs(Capability.KVM_CAP_SREGS2, () -> ioctls.setSregs2(sregs));
        ioctls.getSregs2(sregs);
        sregs.fs().base(0x43210).selector(0x4321);
        ioctls.setSregs2(sregs);
        KvmSregs2 again = KvmSregs2.allocate(arena);
        ioctls.getSregs2(again);
        assertEquals(0x43210, again.fs().base());
        fails(Errno.EINVAL, () -> ioctls.setSregs2(again.flags(-1)));
    }

    @Test
    void getFpu() {
        KvmFpu fpu = KvmFpu.allocate(arena);
        ioctls().getFpu(fpu);
        assertEquals(0x37f, fpu.fcw());
    }

    @Test
    void setFpu() {
        X86VcpuIoctls ioctls = ioctls();
        KvmFpu fpu = KvmFpu.allocate(arena);
        ioctls.getFpu(fpu);
        fpu.fcw(0x27f).xmm(15, 3, 0x5a);
        ioctls.setFpu(fpu);
        KvmFpu again = KvmFpu.allocate(arena);
        ioctls.getFpu(again);
        assertEquals(0x27f, again.fcw());
        assertEquals(0x5a, again.xmm(15, 3));
    }

    @Test
    void getXsave() {
        X86VcpuIoctls ioctls = ioctls();
        KvmXsave xsave = KvmXsave.allocate(arena);
        needs(Capability.KVM_CAP_XSAVE, () -> ioctls.getXsave(xsave));
        ioctls.getXsave(xsave);
        int mxcsr = xsave.region(6);
        assertEquals(0x1f80, mxcsr);
    }

    @Test
    void setXsave() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_XSAVE, () -> ioctls.setXsave(KvmXsave.allocate(arena)));
        KvmXsave xsave = KvmXsave.allocate(arena);
        ioctls.getXsave(xsave);
        int x87AndSse = 3;
        xsave.region(0, 0x27f).region(XSTATE_BV, xsave.region(XSTATE_BV) | x87AndSse);
        ioctls.setXsave(xsave);
        KvmXsave again = KvmXsave.allocate(arena);
        ioctls.getXsave(again);
        assertEquals(0x27f, again.region(0) & 0xffff);
    }

    @Test
    void getXsave2() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_XSAVE2, () -> ioctls.getXsave2(arena));
        KvmXsave xsave = ioctls.getXsave2(arena);
        assertEquals(
                Math.max(4096, vm.checkExtension(Capability.KVM_CAP_XSAVE2)),
                xsave.segment().byteSize());
        assertEquals(0x1f80, xsave.region(6));
        ioctls.setXsave(xsave);
    }

    @Test
    void getXcrs() {
        X86VcpuIoctls ioctls = ioctls();
        KvmXcrs xcrs = KvmXcrs.allocate(arena);
        needs(Capability.KVM_CAP_XCRS, () -> ioctls.getXcrs(xcrs));
        ioctls.getXcrs(xcrs);
        assumeTrue(xcrs.nrXcrs() > 0, "this processor has no extended control registers");
        assertEquals(1, xcrs.xcrs(0).value());
    }

    @Test
    void setXcrs() {
        X86VcpuIoctls ioctls = ioctls();
        KvmXcrs xcrs = KvmXcrs.allocate(arena);
        needs(Capability.KVM_CAP_XCRS, () -> ioctls.setXcrs(xcrs));
        ioctls.getXcrs(xcrs);
        ioctls.setXcrs(xcrs);
        assumeTrue(xcrs.nrXcrs() > 0, "this processor has no extended control registers");
        xcrs.xcrs(0).value(3);
        ioctls.setXcrs(xcrs);
        KvmXcrs again = KvmXcrs.allocate(arena);
        ioctls.getXcrs(again);
        assertEquals(3, again.xcrs(0).value());
        fails(Errno.EINVAL, () -> ioctls.setXcrs(again.flags(1)));
    }

    @Test
    void getDebugregs() {
        X86VcpuIoctls ioctls = ioctls();
        KvmDebugregs registers = KvmDebugregs.allocate(arena);
        needs(Capability.KVM_CAP_DEBUGREGS, () -> ioctls.getDebugregs(registers));
        ioctls.getDebugregs(registers);
        assertEquals(0x400, registers.dr7());
    }

    @Test
    void setDebugregs() {
        X86VcpuIoctls ioctls = ioctls();
        KvmDebugregs registers = KvmDebugregs.allocate(arena);
        needs(Capability.KVM_CAP_DEBUGREGS, () -> ioctls.setDebugregs(registers));
        ioctls.getDebugregs(registers);
        ioctls.setDebugregs(registers.db(3, 0x1234));
        KvmDebugregs again = KvmDebugregs.allocate(arena);
        ioctls.getDebugregs(again);
        assertEquals(0x1234, again.db(3));
        fails(Errno.EINVAL, () -> ioctls.setDebugregs(again.flags(1)));
    }

    @Test
    void getMsrs() {
        X86VcpuIoctls ioctls = ioctls();
        KvmMsrs unknown = MsrEntries.of(arena, SYSENTER_CS, 0x4fff0000, SYSENTER_CS);
        assertEquals(1, ioctls.getMsrs(unknown));
        fails(Errno.E2BIG, () -> ioctls.getMsrs(KvmMsrs.allocate(arena, 256)));
    }

    @Test
    void setMsrs() {
        X86VcpuIoctls ioctls = ioctls();
        KvmMsrs msrs = MsrEntries.of(arena, SYSENTER_CS);
        msrs.entry(0).data(0x1234);
        assertEquals(1, ioctls.setMsrs(msrs));
        KvmMsrs again = MsrEntries.of(arena, SYSENTER_CS);
        assertEquals(1, ioctls.getMsrs(again));
        assertEquals(0x1234, again.entry(0).data());
    }

    /** How many leaves there are: Linux 6.1 counts the empty entries behind them too. */
    private static int leaves(KvmCpuid2 cpuid) {
        int count = cpuid.nent();
        while (count > 0 && isEmpty(cpuid.entry(count - 1))) {
            count--;
        }
        return count;
    }

    private static boolean isEmpty(KvmCpuidEntry2 leaf) {
        return (leaf.function() | leaf.eax() | leaf.ebx() | leaf.ecx() | leaf.edx()) == 0;
    }

    @Test
    void setCpuid() {
        X86VcpuIoctls ioctls = ioctls();
        KvmCpuid cpuid = KvmCpuid.allocate(arena, 1);
        cpuid.entry(0).function(UNUSED_LEAF).eax(7);
        ioctls.setCpuid(cpuid);
        KvmCpuid2 again = ioctls.getCpuid2(arena);
        assertEquals(1, leaves(again));
        assertEquals(7, again.entry(0).eax());
    }

    @Test
    void setCpuid2() {
        X86VcpuIoctls ioctls = ioctls();
        KvmCpuid2 cpuid = KvmCpuid2.allocate(arena, 2);
        cpuid.entry(0).function(UNUSED_LEAF);
        cpuid.entry(1).function(UNUSED_LEAF + 1).edx(9);
        ioctls.setCpuid2(cpuid);
        KvmCpuid2 again = ioctls.getCpuid2(arena);
        assertEquals(2, leaves(again));
        assertEquals(9, again.entry(1).edx());
        fails(Errno.E2BIG, () -> ioctls.setCpuid2(KvmCpuid2.allocate(arena, 10_000)));
    }

    @Test
    void getCpuid2() {
        KvmCpuid2 supported = X86SystemIoctls.of(kvm.fd()).getSupportedCpuid(arena);
        X86VcpuIoctls ioctls = ioctls();
        ioctls.setCpuid2(supported);
        assertEquals(supported.nent(), leaves(ioctls.getCpuid2(arena)));
    }

    @Test
    void getSupportedHvCpuid() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_HYPERV_CPUID, () -> ioctls.getSupportedHvCpuid(arena));
        KvmCpuid2 cpuid = ioctls.getSupportedHvCpuid(arena);
        assertEquals(HYPERV_VENDOR, cpuid.entry(0).function());
    }

    @Test
    void getLapic() {
        KvmLapicState lapic = KvmLapicState.allocate(arena);
        ioctlsWithApic().getLapic(lapic);
        int version = lapic.segment().get(ValueLayout.JAVA_INT, 0x30) & 0xff;
        assertTrue(version >= 0x10 && version <= 0x15, () -> "version " + version);
    }

    @Test
    void setLapic() {
        X86VcpuIoctls ioctls = ioctlsWithApic();
        KvmLapicState lapic = KvmLapicState.allocate(arena);
        ioctls.getLapic(lapic);
        lapic.segment().set(ValueLayout.JAVA_INT, APIC_TPR, 0x20);
        ioctls.setLapic(lapic);
        KvmLapicState again = KvmLapicState.allocate(arena);
        ioctls.getLapic(again);
        assertEquals(0x20, again.segment().get(ValueLayout.JAVA_INT, APIC_TPR));
    }

    @Test
    void lapicOfVmWithoutOne() {
        X86VcpuIoctls ioctls = ioctls();
        fails(Errno.EINVAL, () -> ioctls.getLapic(KvmLapicState.allocate(arena)));
        fails(Errno.EINVAL, () -> ioctls.setLapic(KvmLapicState.allocate(arena)));
    }

    private static KvmVcpuEvents events(X86VcpuIoctls ioctls, KvmVcpuEvents into) {
        ioctls.getVcpuEvents(into);
        return into;
    }

    @Test
    void interrupt() {
        X86VcpuIoctls ioctls = ioctls();
        ioctls.interrupt(KvmInterrupt.allocate(arena).irq(0x20));
        KvmVcpuEvents events = events(ioctls, KvmVcpuEvents.allocate(arena));
        assertEquals(1, events.interrupt().injected());
        assertEquals(0x20, events.interrupt().nr());
        fails(Errno.EINVAL, () -> ioctls.interrupt(KvmInterrupt.allocate(arena).irq(256)));
    }

    @Test
    void interruptBesideApic() {
        X86VcpuIoctls ioctls = ioctlsWithApic();
        fails(Errno.ENXIO, () -> ioctls.interrupt(KvmInterrupt.allocate(arena).irq(0x20)));
    }

    @Test
    void nmi() {
        X86VcpuIoctls ioctls = ioctls();
        ioctls.nmi();
        assertEquals(1, events(ioctls, KvmVcpuEvents.allocate(arena)).nmi().pending());
    }

    @Test
    void smi() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_X86_SMM, ioctls::smi);
        ioctls.smi();
        assertEquals(1, events(ioctls, KvmVcpuEvents.allocate(arena)).smi().pending());
    }

    @Test
    void getVcpuEvents() {
        KvmVcpuEvents events = events(ioctls(), KvmVcpuEvents.allocate(arena));
        assertEquals(0, events.exception().injected());
        assertEquals(0, events.nmi().pending());
    }

    @Test
    void setVcpuEvents() {
        X86VcpuIoctls ioctls = ioctls();
        KvmVcpuEvents events = events(ioctls, KvmVcpuEvents.allocate(arena));
        events.exception().injected(1).nr(13).hasErrorCode(true).errorCode(0x10);
        ioctls.setVcpuEvents(events);
        KvmVcpuEvents again = events(ioctls, KvmVcpuEvents.allocate(arena));
        assertEquals(13, again.exception().nr());
        assertEquals(0x10, again.exception().errorCode());
        fails(Errno.EINVAL, () -> ioctls.setVcpuEvents(again.flags(-1)));
    }

    @Test
    void translate() {
        KvmTranslation translation = KvmTranslation.allocate(arena).linearAddress(0x1234);
        ioctls().translate(translation);
        assertEquals(0x1234, translation.physicalAddress());
        assertEquals(1, translation.valid());
    }

    @Test
    void setGuestDebug() {
        Vcpu vcpu = guest(NOP);
        KvmGuestDebug debug = KvmGuestDebug.allocate(arena)
                .control(KvmConstants.KVM_GUESTDBG_ENABLE | KvmConstants.KVM_GUESTDBG_SINGLESTEP);
        X86VcpuIoctls ioctls = ioctls(vcpu);
        needs(Capability.KVM_CAP_SET_GUEST_DEBUG, () -> ioctls.setGuestDebug(debug));
        ioctls.setGuestDebug(debug);
        run(vcpu, KvmExit.Debug.class);
        assertEquals(CODE + 1, vcpu.x86().regs().rip());
        ioctls.setGuestDebug(debug.control(0));
        run(vcpu, KvmExit.Hlt.class);
    }

    @Test
    void tprAccessReporting() {
        X86VcpuIoctls ioctls = ioctlsWithApic();
        ioctls.tprAccessReporting(KvmTprAccessCtl.allocate(arena).enabled(1));
        fails(
                Errno.EINVAL,
                () -> ioctls.tprAccessReporting(KvmTprAccessCtl.allocate(arena).flags(1)));
    }

    @Test
    void setVapicAddr() {
        withIrqchip();
        X86VcpuIoctls ioctls = ioctls(guest(HLT));
        ioctls.setVapicAddr(KvmVapicAddr.allocate(arena).vapicAddr(0x3000));
        fails(
                Errno.EINVAL,
                () -> ioctls.setVapicAddr(KvmVapicAddr.allocate(arena).vapicAddr(0x40000000)));
    }

    private long machineCheckCapabilities() {
        int banks = 10;
        return (X86SystemIoctls.of(kvm.fd()).x86GetMceCapSupported() & ~0xffL) | banks;
    }

    @Test
    void x86SetupMce() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_MCE, () -> ioctls.x86SetupMce(0));
        ioctls.x86SetupMce(machineCheckCapabilities());
        fails(Errno.EINVAL, () -> ioctls.x86SetupMce(0));
    }

    @Test
    void x86SetMce() {
        X86VcpuIoctls ioctls = ioctls();
        KvmX86Mce event = KvmX86Mce.allocate(arena).bank(1);
        needs(Capability.KVM_CAP_MCE, () -> ioctls.x86SetMce(event));
        ioctls.x86SetupMce(machineCheckCapabilities());
        fails(Errno.EINVAL, () -> ioctls.x86SetMce(event));
        long valid = 1L << 63;
        ioctls.x86SetMce(event.status(valid | 0x42));
        KvmMsrs status = MsrEntries.of(arena, MC1_STATUS);
        assertEquals(1, ioctls.getMsrs(status));
        assertEquals(valid | 0x42, status.entry(0).data());
    }

    @Test
    void getTscKhz() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_GET_TSC_KHZ, ioctls::getTscKhz);
        assertTrue(ioctls.getTscKhz() > 0);
    }

    @Test
    void setTscKhz() {
        X86VcpuIoctls ioctls = ioctls();
        // Where the counter cannot be scaled, KVM takes no rate below the host's, which may have been measured anew
        // meanwhile.
        int own = ioctls.getTscKhz();
        int khz = own + own / 50;
        ioctls.setTscKhz(khz);
        assertEquals(khz, ioctls.getTscKhz());
    }

    @Test
    void kvmclockCtrl() {
        X86VcpuIoctls ioctls = ioctls(guest(HLT));
        needs(Capability.KVM_CAP_KVMCLOCK_CTRL, ioctls::kvmclockCtrl);
        fails(Errno.EINVAL, ioctls::kvmclockCtrl);
        KvmMsrs systemTime = MsrEntries.of(arena, SYSTEM_TIME_NEW);
        systemTime.entry(0).data(0x3000 | 1);
        assertEquals(1, ioctls.setMsrs(systemTime));
        ioctls.kvmclockCtrl();
    }

    @Test
    void getNestedState() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_NESTED_STATE, () -> ioctls.getNestedState(arena));
        KvmNestedState state = ioctls.getNestedState(arena);
        assertTrue(state.size() >= KvmNestedState.LAYOUT.byteSize());
        assertEquals(
                vm.checkExtension(Capability.KVM_CAP_NESTED_STATE),
                state.segment().byteSize());
    }

    @Test
    void setNestedState() {
        X86VcpuIoctls ioctls = ioctls();
        needs(Capability.KVM_CAP_NESTED_STATE, () -> ioctls.setNestedState(KvmNestedState.allocate(arena)));
        KvmNestedState state = ioctls.getNestedState(arena);
        ioctls.setNestedState(state);
        assertEquals(state.toString(), ioctls.getNestedState(arena).toString());
        fails(Errno.EINVAL, () -> ioctls.setNestedState(state.size(1)));
    }

    @Test
    void memoryEncryptOp() {
        KvmTdxCmd command = KvmTdxCmd.allocate(arena).id(X86Constants.KVM_TDX_INIT_VCPU);
        X86VcpuIoctls ioctls = ioctls();
        ErrnoException e = assertThrows(ErrnoException.class, () -> ioctls.memoryEncryptOp(command));
        assertTrue(e.errno() == Errno.ENOTTY || e.errno() == Errno.EINVAL, e::getMessage);
    }

    @Test
    void preFaultMemory() {
        X86VcpuIoctls ioctls = ioctls(guest(HLT));
        KvmPreFaultMemory range = KvmPreFaultMemory.allocate(arena).gpa(0).size(2 * PAGE);
        needs(Capability.KVM_CAP_PRE_FAULT_MEMORY, () -> ioctls.preFaultMemory(range));
        while (range.size() > 0) {
            ioctls.preFaultMemory(range);
        }
        assertEquals(2 * PAGE, range.gpa());
        fails(Errno.EINVAL, () -> ioctls.preFaultMemory(range));
        fails(Errno.ENOENT, () -> ioctls.preFaultMemory(range.gpa(RAM).size(PAGE)));
    }

    private KvmXenVcpuAttr vcpuInfo() {
        return KvmXenVcpuAttr.allocate(arena).type(X86Constants.KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO);
    }

    @Test
    void xenVcpuSetAttr() {
        X86VcpuIoctls ioctls = ioctls(guest(HLT));
        KvmXenVcpuAttr attribute = vcpuInfo();
        attribute.u().gpa(0x3000);
        needs(Capability.KVM_CAP_XEN_HVM, () -> ioctls.xenVcpuSetAttr(attribute));
        ioctls.xenVcpuSetAttr(attribute);
        KvmXenVcpuAttr again = vcpuInfo();
        ioctls.xenVcpuGetAttr(again);
        assertEquals(0x3000, again.u().gpa());
    }

    @Test
    void xenVcpuGetAttr() {
        X86VcpuIoctls ioctls = ioctls();
        KvmXenVcpuAttr attribute = vcpuInfo();
        needs(Capability.KVM_CAP_XEN_HVM, () -> ioctls.xenVcpuGetAttr(attribute));
        ioctls.xenVcpuGetAttr(attribute);
        assertEquals(X86Constants.KVM_XEN_INVALID_GPA, attribute.u().gpa());
        assertThrows(ErrnoException.class, () -> ioctls.xenVcpuGetAttr(attribute.type(1000)));
    }
}
