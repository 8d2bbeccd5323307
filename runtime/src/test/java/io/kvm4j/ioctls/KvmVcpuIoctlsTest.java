package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Vcpu;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmConstants;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmMpState;
import io.kvm4j.uapi.KvmOneReg;
import io.kvm4j.uapi.KvmSignalMask;
import io.kvm4j.uapi.KvmStat;
import io.kvm4j.uapi.KvmStats;
import io.kvm4j.uapi.KvmVcpuIoctls;
import io.kvm4j.uapi.RegisterId;
import io.kvm4j.uapi.StatsType;
import io.kvm4j.uapi.StatsUnit;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.MsrEntries;
import io.kvm4j.uapi.x86_64.X86Constants;
import io.kvm4j.uapi.x86_64.X86RegisterId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class KvmVcpuIoctlsTest extends IoctlsTest {
    private static final int SYSENTER_CS = 0x174;

    private KvmVcpuIoctls ioctls(Vcpu vcpu) {
        return recorder.recording(KvmVcpuIoctls.class, vcpu.ioctls());
    }

    @Test
    void run() {
        Vcpu vcpu = guest(HLT);
        assertEquals(0, ioctls(vcpu).run());
        assertEquals(KvmConstants.KVM_EXIT_HLT, vcpu.kvmRun().exitReason());
        vcpu.immediateExit(true);
        assertEquals(-Errno.EINTR, ioctls(vcpu).run());
    }

    @Test
    void enableCap() {
        KvmVcpuIoctls ioctls = ioctls(vm.createVcpu(0));
        KvmEnableCap enable = KvmEnableCap.allocate(arena).cap(KvmConstants.KVM_CAP_ENFORCE_PV_FEATURE_CPUID);
        enable.args(0, 1);
        ioctls.enableCap(enable);
        fails(Errno.EINVAL, () -> ioctls.enableCap(enable.cap(Integer.MAX_VALUE)));
    }

    @Test
    void setSignalMask() {
        Vcpu vcpu = guest(HLT);
        KvmVcpuIoctls ioctls = ioctls(vcpu);
        KvmSignalMask everything = KvmSignalMask.allocate(arena, Long.BYTES);
        everything.entry().fill((byte) 0xff);
        ioctls.setSignalMask(everything);
        assertEquals(0, vcpu.ioctls().run());
        fails(Errno.EINVAL, () -> ioctls.setSignalMask(KvmSignalMask.allocate(arena, Integer.BYTES)));
    }

    @Test
    void getMpState() {
        KvmMpState state = KvmMpState.allocate(arena).mpState(-1);
        ioctls(vm.createVcpu(0)).getMpState(state);
        assertEquals(KvmConstants.KVM_MP_STATE_RUNNABLE, state.mpState());
    }

    @Test
    void setMpState() {
        withIrqchip();
        KvmVcpuIoctls ioctls = ioctls(vm.createVcpu(0));
        ioctls.setMpState(KvmMpState.allocate(arena).mpState(KvmConstants.KVM_MP_STATE_HALTED));
        KvmMpState state = KvmMpState.allocate(arena);
        ioctls.getMpState(state);
        assertEquals(KvmConstants.KVM_MP_STATE_HALTED, state.mpState());
    }

    @Test
    void setMpStateWithoutApic() {
        KvmVcpuIoctls ioctls = ioctls(vm.createVcpu(0));
        KvmMpState halted = KvmMpState.allocate(arena).mpState(KvmConstants.KVM_MP_STATE_HALTED);
        fails(Errno.EINVAL, () -> ioctls.setMpState(halted));
    }

    private KvmOneReg register(long id, MemorySegment value) {
        assertEquals(value.byteSize(), RegisterId.size(id));
        return KvmOneReg.allocate(arena).id(id).addr(value.address());
    }

    @Test
    void getOneReg() {
        Vcpu vcpu = vm.createVcpu(0);
        KvmVcpuIoctls ioctls = ioctls(vcpu);
        KvmMsrs msr = MsrEntries.of(arena, SYSENTER_CS);
        msr.entry(0).data(0x1234);
        assertEquals(1, vcpu.x86().ioctls().setMsrs(msr));
        MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
        KvmOneReg register = register(X86RegisterId.msr(SYSENTER_CS), value);
        needs(Capability.KVM_CAP_ONE_REG, () -> ioctls.getOneReg(register));
        ioctls.getOneReg(register);
        assertEquals(0x1234, value.get(ValueLayout.JAVA_LONG, 0));
        fails(Errno.EINVAL, () -> ioctls.getOneReg(register.id(-1)));
    }

    @Test
    void setOneReg() {
        Vcpu vcpu = vm.createVcpu(0);
        KvmVcpuIoctls ioctls = ioctls(vcpu);
        MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, 0x4321L);
        KvmOneReg register = register(X86RegisterId.msr(SYSENTER_CS), value);
        needs(Capability.KVM_CAP_ONE_REG, () -> ioctls.setOneReg(register));
        ioctls.setOneReg(register);
        KvmMsrs msr = MsrEntries.of(arena, SYSENTER_CS);
        assertEquals(1, vcpu.x86().ioctls().getMsrs(msr));
        assertEquals(0x4321, MsrEntries.find(msr, SYSENTER_CS).orElseThrow());
    }

    @Test
    void getRegList() {
        KvmVcpuIoctls ioctls = ioctls(vm.createVcpu(0));
        needs(Capability.KVM_CAP_ONE_REG, () -> ioctls.getRegList(arena));
        long registers = ioctls.getRegList(arena).n();
        assertTrue(registers >= 0 && registers < 1000);
    }

    @Test
    void hasDeviceAttr() {
        KvmVcpuIoctls ioctls = ioctls(vm.createVcpu(0));
        needs(Capability.KVM_CAP_VCPU_ATTRIBUTES, () -> ioctls.hasDeviceAttr(attribute(0, 0, 0)));
        ioctls.hasDeviceAttr(attribute(X86Constants.KVM_VCPU_TSC_CTRL, X86Constants.KVM_VCPU_TSC_OFFSET, 0));
        fails(Errno.ENXIO, () -> ioctls.hasDeviceAttr(attribute(1000, 0, 0)));
    }

    @Test
    void getDeviceAttr() {
        KvmVcpuIoctls ioctls = ioctls(vm.createVcpu(0));
        MemorySegment offset = arena.allocate(ValueLayout.JAVA_LONG);
        needs(Capability.KVM_CAP_VCPU_ATTRIBUTES, () -> ioctls.getDeviceAttr(attribute(0, 0, offset.address())));
        ioctls.getDeviceAttr(
                attribute(X86Constants.KVM_VCPU_TSC_CTRL, X86Constants.KVM_VCPU_TSC_OFFSET, offset.address()));
        fails(Errno.ENXIO, () -> ioctls.getDeviceAttr(attribute(1000, 0, offset.address())));
    }

    @Test
    void setDeviceAttr() {
        KvmVcpuIoctls ioctls = ioctls(vm.createVcpu(0));
        MemorySegment offset = arena.allocateFrom(ValueLayout.JAVA_LONG, -12345L);
        needs(Capability.KVM_CAP_VCPU_ATTRIBUTES, () -> ioctls.setDeviceAttr(attribute(0, 0, offset.address())));
        ioctls.setDeviceAttr(
                attribute(X86Constants.KVM_VCPU_TSC_CTRL, X86Constants.KVM_VCPU_TSC_OFFSET, offset.address()));
        MemorySegment again = arena.allocate(ValueLayout.JAVA_LONG);
        ioctls.getDeviceAttr(
                attribute(X86Constants.KVM_VCPU_TSC_CTRL, X86Constants.KVM_VCPU_TSC_OFFSET, again.address()));
        long taken = again.get(ValueLayout.JAVA_LONG, 0);
        assumeTrue(
                taken == -12345 || isTscStable(), "this host's time stamp counter is not stable: KVM moves the offset");
        assertEquals(-12345, taken);
    }

    private boolean isTscStable() {
        KvmClockData clock = KvmClockData.allocate(arena);
        x86().getClock(clock);
        return (clock.flags() & KvmConstants.KVM_CLOCK_TSC_STABLE) != 0;
    }

    @Test
    void getStatsFd() {
        Vcpu vcpu = guest(HLT);
        KvmVcpuIoctls ioctls = ioctls(vcpu);
        needs(Capability.KVM_CAP_BINARY_STATS_FD, ioctls::getStatsFd);
        KvmStats stats = KvmStats.of(owned(ioctls.getStatsFd(), "statistics").fd());
        assertTrue(stats.id().endsWith("/vcpu-0"), stats.id());
        KvmStat exits = stats.find("exits").orElseThrow();
        assertEquals(StatsType.KVM_STATS_TYPE_CUMULATIVE, exits.type());
        assertEquals(StatsUnit.KVM_STATS_UNIT_NONE, exits.unit());
        long before = stats.value(exits);
        vcpu.run();
        stats.refresh();
        assertTrue(stats.value(exits) > before, () -> before + " exits, then " + stats.value(exits));
    }
}
