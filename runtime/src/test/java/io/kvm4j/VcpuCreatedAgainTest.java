package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.dirty.DirtyRings;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmMpState;
import io.kvm4j.uapi.x86_64.GuestDebugFlag;
import io.kvm4j.uapi.x86_64.KvmDebugregs;
import io.kvm4j.uapi.x86_64.KvmFpu;
import io.kvm4j.uapi.x86_64.KvmGuestDebug;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.KvmVcpuEvents;
import io.kvm4j.uapi.x86_64.X86VcpuIoctls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresKvm
@Timeout(300)
class VcpuCreatedAgainTest {
    private static final int MSR_STAR = 0xc0000081;

    /** {@code again: in al, 0x11; jmp again}. */
    private static final String IN_FOREVER = "e4 11 eb fc";

    @Test
    void aVcpuThatHasRunIsNewAgain() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            vm.x86().createIrqchip();
            vm.addMemory(0, 0x10000).write(0x1000, HexFormat.ofDelimiter(" ").parseHex(IN_FOREVER));
            for (int id = 0; id < 2; id++) {
                Vcpu first = vm.createVcpu(id);
                Map<String, String> whenNew = state(first);
                use(first);
                first.close();
                Vcpu second = vm.createVcpu(id);
                assertEquals(whenNew, state(second));
                assertEquals(0, second.kvmRun().exitReason());
                assertThrows(IllegalStateException.class, first::fd);
                assertThrows(IllegalStateException.class, first::run);
                use(second);
            }
        }
    }

    /** Lets it run into the middle of an input, and changes what it can. */
    private static void use(Vcpu vcpu) {
        X86VcpuIoctls ioctls = vcpu.x86().ioctls();
        try (Arena arena = Arena.ofConfined()) {
            ioctls.setMpState(KvmMpState.allocate(arena));
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(0x1000).rflags(2).rbx(7).r15(8));
            assertTrue(vcpu.run() instanceof KvmExit.Io);
            KvmMsrs msrs = KvmMsrs.allocate(arena, 1);
            msrs.entry(0).index(MSR_STAR).data(0x1234L << 32);
            assertEquals(1, ioctls.setMsrs(msrs));
            ioctls.setDebugregs(
                    KvmDebugregs.allocate(arena).db(0, 0x1234).dr6(0xffff0ff0L).dr7(0x400));
            ioctls.setFpu(KvmFpu.allocate(arena).fcw(0x27f).mxcsr(0x1f80));
            ioctls.setGuestDebug(KvmGuestDebug.allocate(arena)
                    .control(io.kvm4j.uapi.x86_64.GuestDebugFlags.of(
                            GuestDebugFlag.KVM_GUESTDBG_ENABLE, GuestDebugFlag.KVM_GUESTDBG_SINGLESTEP)));
        }
    }

    private static Map<String, String> state(Vcpu vcpu) {
        Map<String, String> state = new LinkedHashMap<>();
        X86VcpuIoctls ioctls = vcpu.x86().ioctls();
        try (Arena arena = Arena.ofConfined()) {
            state.put("regs", vcpu.x86().regs().toString());
            state.put("sregs", vcpu.x86().sregs().toString());
            KvmMpState mpState = KvmMpState.allocate(arena);
            ioctls.getMpState(mpState);
            state.put("mp_state", mpState.toString());
            KvmFpu fpu = KvmFpu.allocate(arena);
            ioctls.getFpu(fpu);
            state.put("fpu", fpu.toString());
            KvmDebugregs debugregs = KvmDebugregs.allocate(arena);
            ioctls.getDebugregs(debugregs);
            state.put("debugregs", debugregs.toString());
            KvmLapicState apic = KvmLapicState.allocate(arena);
            ioctls.getLapic(apic);
            state.put("lapic", apic.toString());
            KvmMsrs msrs = KvmMsrs.allocate(arena, 1);
            msrs.entry(0).index(MSR_STAR);
            ioctls.getMsrs(msrs);
            state.put("star", Long.toHexString(msrs.entry(0).data()));
            KvmVcpuEvents events = KvmVcpuEvents.allocate(arena);
            ioctls.getVcpuEvents(events);
            state.put("events", events.toString());
        }
        return state;
    }

    @Test
    void aVcpuThatIsOpenIsNotCreatedAgain() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            ErrnoException e = assertThrows(ErrnoException.class, () -> guest.vm.createVcpu(0));
            assertEquals(Errno.EEXIST, e.errno());
        }
    }

    @Test
    void closingAndCreatingAgainTakesNoMoreDescriptors() throws IOException {
        long before = OpenDescriptors.of("kvm");
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.OUT_FOREVER)) {
            long one = OpenDescriptors.of("kvm");
            guest.vcpu.close();
            for (int i = 0; i < 20; i++) {
                Vcpu vcpu = guest.vm.createVcpu(0);
                vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
                vcpu.x86().setRegs(r -> r.rip(RealModeGuest.START).rflags(2));
                assertTrue(vcpu.run() instanceof KvmExit.Io);
                vcpu.close();
                vcpu.close();
                assertEquals(one, OpenDescriptors.of("kvm"));
            }
        }
        assertEquals(before, OpenDescriptors.of("kvm"));
    }

    @Test
    void aDirtyRingGoesOnWhereItWas() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Assumptions.assumeTrue(guest.vm.checkExtension(Capability.KVM_CAP_DIRTY_LOG_RING_ACQ_REL) > 0);
            DirtyRings rings = DirtyRings.enable(guest.vm, 4096);
            guest.ram.logDirtyPages(true);
            for (int i = 0; i < 3; i++) {
                try (Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT)) {
                    guest.ram.writeLong(0x20000, 0);
                    VcpuThread thread = vcpu.start(cpu -> cpu.run());
                    while (guest.count(vcpu) == 0) {
                        Thread.onSpinWait();
                    }
                    thread.close();
                    assertTrue(rings.take(guest.ram).isDirty(0x20), "round " + i);
                }
            }
        }
    }
}
