package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import io.kvm4j.uapi.x86_64.KvmSegment;
import io.kvm4j.uapi.x86_64.KvmSregs;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

@RequiresKvm
class LongModeTest {
    private static final int EXTENDED_FEATURES = 0x80000001;
    private static final int LONG_MODE = 1 << 29;

    /** {@code mov rax, 0x123456789abcdef0; mov [0x200000], rax; again: jmp again}. */
    private static final String CODE = "48 b8 f0 de bc 9a 78 56 34 12 48 89 04 25 00 00 20 00 eb fe";

    @Test
    void userCodeStoresEightBytes() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, 2 << 20);
                Vcpu vcpu = vm.createVcpu(0)) {
            ram.writeLong(0x1000, 0x2007);
            ram.writeLong(0x2000, 0x3007);
            ram.writeLong(0x3000, 0x87);
            ram.writeLong(0x3008, 0x200087);
            ram.write(0x10000, HexFormat.ofDelimiter(" ").parseHex(CODE));
            vcpu.x86().setSregs(LongModeTest::enterUserMode);
            vcpu.x86().setRegs(r -> r.rip(0x10000).rflags(2));
            KvmExit.Mmio mmio = assertInstanceOf(KvmExit.Mmio.class, vcpu.run());
            assertEquals(0x200000, mmio.physAddr());
            assertEquals(8, mmio.len());
            assertEquals(0x123456789abcdef0L, mmio.value());
        }
    }

    private static void enterUserMode(KvmSregs s) {
        s.cr3(0x1000).cr4(1 << 5).cr0(0x80000033L).efer(0x500);
        flat(s.cs(), 0x2b, 11).l(1).db(0);
        flat(s.ss(), 0x23, 3);
        flat(s.ds(), 0x23, 3);
        flat(s.es(), 0x23, 3);
    }

    private static KvmSegment flat(KvmSegment segment, int selector, int type) {
        return segment.base(0)
                .limit(-1)
                .selector(selector)
                .type(type)
                .present(1)
                .dpl(3)
                .db(1)
                .s(1)
                .l(0)
                .g(1);
    }

    @Test
    void aNewVcpuHasLongModeInItsCpuid() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            assertTrue((leaf(guest.vcpu.x86().cpuid(), EXTENDED_FEATURES).edx() & LONG_MODE) != 0);
        }
    }

    /** {@code mov eax, 0x40000100; cpuid; hlt}. */
    @Test
    void cpuidIsReplaceable() {
        try (RealModeGuest guest = new RealModeGuest("66 b8 00 01 00 40 0f a2 f4");
                Arena arena = Arena.ofConfined()) {
            KvmCpuid2 cpuid = KvmCpuid2.allocate(arena, 1);
            cpuid.entry(0).function(0x40000100).eax(1).ebx(2).ecx(3).edx(4);
            guest.vcpu.x86().setCpuid(cpuid);
            guest.run(KvmExit.Hlt.class);
            assertEquals(1, guest.vcpu.x86().regs().rax());
            assertEquals(4, guest.vcpu.x86().regs().rdx());
        }
    }

    private static KvmCpuidEntry2 leaf(KvmCpuid2 cpuid, int function) {
        for (int i = 0; i < cpuid.nent(); i++) {
            if (cpuid.entry(i).function() == function) {
                return cpuid.entry(i);
            }
        }
        throw new AssertionError("no CPUID leaf 0x" + Integer.toHexString(function));
    }
}
