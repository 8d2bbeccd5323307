package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.EnabledCapability;
import io.kvm4j.Kvm;
import io.kvm4j.RealModeGuest;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.interrupts.GsiRoute;
import io.kvm4j.interrupts.GsiRouting;
import io.kvm4j.interrupts.Msi;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.KvmEnableCap;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.KvmIrqRouting;
import io.kvm4j.uapi.MsrExitReason;
import io.kvm4j.uapi.x86_64.MsrFilter;
import io.kvm4j.uapi.x86_64.MsrFilterRangeFlag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a VM was told, and KVM cannot be asked for, is saved and restored, or named as missing. */
@RequiresKvm
class VmSetupTest {
    private static final int SYSENTER_CS = 0x174;

    /** {@code rdmsr; hlt}. */
    private static final String READ_MSR = "0f 32 f4";

    private static void needs(Vm vm, Capability capability) {
        assumeTrue(vm.checkExtension(capability) != 0, () -> "this kernel lacks " + capability);
    }

    private static VmSnapshot saved(Vm vm) {
        return VmSnapshot.parse(VmSnapshot.save(vm).toBytes());
    }

    @Test
    void aFilteredMsrExitsInTheRestoredGuestToo() {
        try (RealModeGuest guest = new RealModeGuest(READ_MSR);
                Arena arena = Arena.ofConfined();
                Vm fresh = guest.kvm.createVm()) {
            needs(guest.vm, Capability.KVM_CAP_X86_USER_SPACE_MSR);
            needs(guest.vm, Capability.KVM_CAP_X86_MSR_FILTER);
            guest.vm.x86().exitOnMsrs(MsrExitReason.KVM_MSR_EXIT_REASON_FILTER);
            MsrFilter filter =
                    MsrFilter.allowingOthers(arena).range(SYSENTER_CS, 1, MsrFilterRangeFlag.KVM_MSR_FILTER_READ);
            guest.vm.x86().filterMsrs(filter);
            guest.vcpu.x86().setRegs(r -> r.rcx(SYSENTER_CS));

            VmSnapshot snapshot = saved(guest.vm);
            fresh.addMemory(0, RealModeGuest.MEMORY_SIZE).segment().copyFrom(guest.ram.segment());
            Vcpu restored = snapshot.restore(fresh).vcpus().getFirst();

            assertInstanceOf(KvmExit.X86Rdmsr.class, restored.run());
            assertArrayEquals(
                    filter.toBytes(), fresh.settings().msrFilter().orElseThrow().toBytes());
        }
    }

    @Test
    void aSplitIrqchipAndItsRoutesAreRestored() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vm fresh = kvm.createVm()) {
            needs(vm, Capability.KVM_CAP_SPLIT_IRQCHIP);
            vm.enableCap(Capability.KVM_CAP_SPLIT_IRQCHIP, 24);
            vm.createVcpu(0);
            GsiRouting.empty().with(new GsiRoute.ToMsi(5, Msi.toApic(0, 0x41))).setOn(vm);

            VmSnapshot snapshot = saved(vm);
            assertTrue(snapshot.vcpus().getFirst().parts().contains(X86VcpuParts.LAPIC));
            snapshot.restore(fresh);

            EnabledCapability split = fresh.settings().capabilities().getFirst();
            assertEquals(Capability.KVM_CAP_SPLIT_IRQCHIP, split.capability());
            assertEquals(24, split.arguments().getFirst());
            KvmIrqRouting routing = fresh.settings().irqRouting().orElseThrow();
            assertEquals(1, routing.nr());
            assertEquals(5, routing.entry(0).gsi());
            assertEquals(snapshot.machine().parts(), VmState.save(fresh).parts());
        }
    }

    @Test
    void whatDependsOnTheHostIsNamedAndNotRestored() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vm fresh = kvm.createVm()) {
            needs(vm, Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2);
            vm.enableCap(Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 1);
            vm.createVcpu(0);
            VmSnapshot snapshot = saved(vm);
            assertTrue(
                    snapshot.omissions().stream().anyMatch(o -> o.part().equals("KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2")),
                    () -> "" + snapshot.omissions());
            snapshot.restore(fresh);
            assertEquals(List.of(), fresh.settings().capabilities());
        }
    }

    @Test
    void aCapabilityThatWasTurnedOnAgainIsRememberedOnce() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            needs(vm, Capability.KVM_CAP_X86_USER_SPACE_MSR);
            vm.x86().exitOnMsrs(MsrExitReason.KVM_MSR_EXIT_REASON_UNKNOWN);
            vm.x86().exitOnMsrs(MsrExitReason.KVM_MSR_EXIT_REASON_INVAL);
            assertEquals(1, vm.settings().capabilities().size());
            assertEquals(1L, vm.settings().capabilities().getFirst().arguments().getFirst());
        }
    }

    @Test
    void capabilitiesOfAVcpuAreRestored() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vm fresh = kvm.createVm();
                Vcpu vcpu = vm.createVcpu(0)) {
            needs(vm, Capability.KVM_CAP_ENFORCE_PV_FEATURE_CPUID);
            vcpu.enableCap(Capability.KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 1);
            Vcpu restored = saved(vm).restore(fresh).vcpus().getFirst();
            EnabledCapability enabled = restored.enabledCapabilities().getFirst();
            assertEquals(Capability.KVM_CAP_ENFORCE_PV_FEATURE_CPUID, enabled.capability());
            assertEquals(1, enabled.arguments().getFirst());
        }
    }

    /** A hostile file must not turn on what takes a descriptor or an address, or is no capability at all. */
    @Test
    void aStateTurnsOnWhatAGuestCanNoticeOnly() {
        for (int capability : new int[] {Capability.KVM_CAP_VM_COPY_ENC_CONTEXT_FROM.number(), 12345, 0}) {
            StateImage.Builder state = new StateImage.Builder(StateKind.VM);
            try (Arena arena = Arena.ofConfined()) {
                state.add(
                        SavedCapabilities.PART,
                        KvmEnableCap.allocate(arena).cap(capability).segment());
            }
            byte[] bytes = StateFormat.encode(state.build());
            assertThrows(StateFormatException.class, () -> VmState.parse(bytes));
        }
    }

    @Test
    void aFilterThatMakesNoSenseIsRefused() {
        for (int[] filter :
                new int[][] {{}, {0, 1}, {0, 1, 0x174, 0, 0, 0}, {0, 1, 0x174, -1, 0, 0}, {0, 3, 0, 1 << 20, 0}}) {
            StateImage.Builder state = new StateImage.Builder(StateKind.VM);
            state.add(X86VmSetup.MSR_FILTER, MemorySegment.ofArray(filter));
            byte[] bytes = StateFormat.encode(state.build());
            assertThrows(StateFormatException.class, () -> VmState.parse(bytes));
        }
    }
}
