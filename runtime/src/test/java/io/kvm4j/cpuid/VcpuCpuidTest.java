package io.kvm4j.cpuid;

import static io.kvm4j.cpuid.CpuidRegister.EAX;
import static io.kvm4j.cpuid.CpuidRegister.EBX;
import static io.kvm4j.cpuid.CpuidRegister.EDX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.x86_64.CpuidEntries;
import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

@RequiresKvm
class VcpuCpuidTest {
    private static final int LEVELS = 0xb;

    private static Cpuid of(Vcpu vcpu) {
        return Cpuid.of(vcpu.x86().cpuid());
    }

    @Test
    void eachVcpuHasItsOwnApicId() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            for (int id = 0; id < 4; id++) {
                Cpuid cpuid = of(vm.createVcpu(id));
                assertEquals(id, cpuid.get(1, 0, EBX) >>> 24);
                if (cpuid.get(0, 0, EAX) >= LEVELS) {
                    assertEquals(id, cpuid.get(LEVELS, 0, EDX));
                    assertEquals(id, cpuid.get(LEVELS, 1, EDX));
                }
                assertTrue(cpuid.has(CpuidFeature.named("hypervisor")));
            }
        }
    }

    @Test
    void equalIdsOfTwoVmsHaveEqualTables() {
        try (Kvm kvm = Kvm.open();
                Vm one = kvm.createVm();
                Vm other = kvm.createVm()) {
            for (int id = 0; id < 3; id++) {
                assertEquals(of(one.createVcpu(id)), of(other.createVcpu(id)));
            }
        }
    }

    @Test
    void theDeadlineTimerComesWithTheInterruptController() {
        CpuidFeature timer = CpuidFeature.named("tsc_deadline_timer");
        try (Kvm kvm = Kvm.open();
                Vm without = kvm.createVm();
                Vm with = kvm.createVm()) {
            with.x86().createIrqchip();
            assertFalse(of(without.createVcpu(0)).has(timer));
            boolean supported = with.checkExtension(Capability.KVM_CAP_TSC_DEADLINE_TIMER) != 0;
            assertEquals(supported, of(with.createVcpu(0)).has(timer));
        }
    }

    @Test
    void thePolicyOfTheVmIsForItsVcpus() {
        CpuidFeature eoi = CpuidFeature.named("KVM_FEATURE_PV_EOI");
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            vm.x86()
                    .cpuidPolicy(CpuidPolicy.standard()
                            .topology(new Topology(1, 2, 1))
                            .without(eoi));
            vm.createVcpu(0);
            Cpuid second = of(vm.createVcpu(1));
            assertFalse(second.has(eoi));
            assertTrue(second.has(CpuidFeature.named("ht")));
            assertEquals(1 << 24 | 2 << 16, second.get(1, 0, EBX) & 0xffff_0000);
        }
    }

    @Test
    void aVcpuCanHaveAPolicyOfItsOwn() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vcpu vcpu = vm.createVcpu(0)) {
            CpuidResult result = vcpu.x86().setCpuid(CpuidPolicy.standard().without("KVM_FEATURE_STEAL_TIME"));
            assertFalse(of(vcpu).has(CpuidFeature.named("KVM_FEATURE_STEAL_TIME")));
            assertEquals(result.cpuid().leaves().size(), of(vcpu).leaves().size());
        }
    }

    @Test
    void emptyEntriesAtTheEndAreNoLeaves() {
        try (Arena arena = Arena.ofConfined()) {
            KvmCpuid2 table = KvmCpuid2.allocate(arena, 4);
            table.entry(0).eax(1);
            assertEquals(1, Cpuid.of(table).leaves().size());
        }
    }

    @Test
    void leavesAreFoundInKvmsTable() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vcpu vcpu = vm.createVcpu(0);
                Arena arena = Arena.ofConfined()) {
            KvmCpuid2 table = Cpuid.of(vcpu.x86().cpuid()).toStruct(arena);
            KvmCpuidEntry2 features = CpuidEntries.find(table, 1, 77).orElseThrow();
            assertEquals(1, features.function());
            features.ebx(0x1234);
            assertEquals(0x1234, Cpuid.of(table).get(1, 0, EBX));
            assertTrue(CpuidEntries.find(table, 7, 0x1234).isEmpty());
            assertTrue(CpuidEntries.find(table, 0x6000_0000, 0).isEmpty());
        }
    }
}
