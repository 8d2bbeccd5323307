package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vm;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmClockData;
import io.kvm4j.uapi.KvmPitConfig;
import io.kvm4j.uapi.PitConfigFlag;
import io.kvm4j.uapi.x86_64.KvmPitState2;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@RequiresKvm
class VmStateTest {
    @Test
    void interruptsGoOnInARestoredMachine() throws Exception {
        try (Kvm kvm = Kvm.open();
                TickingGuest guest = TickingGuest.fresh(kvm)) {
            guest.start();
            long next = guest.pause(guest.await(3, 1));
            VmState machine = VmState.parse(VmState.save(guest.vm).toBytes());
            VcpuState processor = VcpuState.parse(VcpuState.save(guest.vcpu).toBytes());
            try (TickingGuest restored = TickingGuest.restored(kvm, machine, processor, guest)) {
                restored.start();
                next = restored.await(3, next);
            }
            guest.vm.threads().resume();
        }
    }

    @Test
    void interruptsComeAgainAfterEachOfManyMoves() throws Exception {
        try (Kvm kvm = Kvm.open()) {
            TickingGuest guest = TickingGuest.fresh(kvm);
            long next = 1;
            for (int move = 0; move < 4; move++) {
                guest.start();
                next = guest.pause(guest.await(1, next));
                VmState machine = VmState.save(guest.vm);
                VcpuState processor = VcpuState.save(guest.vcpu);
                TickingGuest moved = TickingGuest.restored(kvm, machine, processor, guest);
                guest.close();
                guest = moved;
            }
            guest.close();
        }
    }

    /** The clock and the timer go on meanwhile; everything else is the same. */
    @Test
    void whatIsSavedIsWhatWasRestored() throws Exception {
        try (Kvm kvm = Kvm.open();
                TickingGuest guest = TickingGuest.fresh(kvm)) {
            guest.start();
            guest.pause(guest.await(2, 1));
            VmState saved = VmState.save(guest.vm);
            try (TickingGuest restored = TickingGuest.restored(kvm, saved, VcpuState.save(guest.vcpu), guest)) {
                VmState again = VmState.save(restored.vm);
                assertEquals(saved.parts(), again.parts());
                for (String chip : X86VmParts.IRQCHIPS) {
                    assertEquals(-1, saved.part(chip).mismatch(again.part(chip)), chip);
                }
                assertEquals(timer(saved), timer(again));
                long elapsed = clock(again) - clock(saved);
                assertTrue(elapsed >= 0 && elapsed < 60_000_000_000L, () -> elapsed + " ns have passed");
            }
        }
    }

    /** The timer without when it began to count, in the host's time, and what of it follows from that. */
    private static List<Object> timer(VmState state) {
        KvmPitState2 pit = KvmPitState2.of(state.part(X86VmParts.PIT));
        List<Object> fields = new ArrayList<>(List.of(pit.flags()));
        for (int channel = 0; channel < 3; channel++) {
            fields.add(pit.channels(channel).count());
            fields.add(pit.channels(channel).mode());
            fields.add(pit.channels(channel).gate());
        }
        return fields;
    }

    private static long clock(VmState state) {
        return KvmClockData.of(state.part(X86VmParts.CLOCK)).clock();
    }

    @Test
    void aVmWithoutDevicesHasAClockOnly() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vm fresh = kvm.createVm()) {
            VmState state = VmState.save(vm);
            assertEquals(List.of(X86VmParts.CLOCK), List.copyOf(state.parts()));
            state.createDevices(fresh);
            fresh.createVcpu(0);
            state.restore(fresh);
            assertEquals(
                    List.of(X86VmParts.CLOCK), List.copyOf(VmState.save(fresh).parts()));
        }
    }

    @Test
    void theTimerIsMadeAsItWas() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vm fresh = kvm.createVm()) {
            vm.x86().createIrqchip();
            vm.x86().createPit(PitConfigFlag.KVM_PIT_SPEAKER_DUMMY);
            VmState state = VmState.save(vm);
            assertEquals(List.of(), state.omissions());
            state.createDevices(fresh);
            assertEquals(vm.x86().pit(), fresh.x86().pit());
            assertFalse(fresh.x86().pit().isEmpty());
        }
    }

    @Test
    void howAForeignTimerWasMadeIsNamedAsUnknown() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Arena arena = Arena.ofConfined()) {
            vm.x86().createIrqchip();
            vm.x86().ioctls().createPit2(KvmPitConfig.allocate(arena));
            VmState state = VmState.save(vm);
            assertEquals(Optional.empty(), vm.x86().pit());
            assertEquals("kvm_pit_config", state.omissions().getFirst().part());
        }
    }

    @Test
    void aMachineWithoutTheDevicesIsRefused() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vm fresh = kvm.createVm()) {
            vm.x86().createIrqchip();
            VmState state = VmState.save(vm);
            ErrnoException e = assertThrows(ErrnoException.class, () -> state.restore(fresh));
            assertEquals(Errno.ENXIO, e.errno());
        }
    }
}
