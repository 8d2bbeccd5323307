package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvm4j.Kvm;
import io.kvm4j.RequiresKvm;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresKvm
class VmSnapshotTest {
    /** Longer than the second within which KVM takes two writes of IA32_TSC for one. */
    private static final long LONG_PAUSE_MILLIS = 1500;

    private static List<Vcpu> twoVcpus(UserModeGuest guest) {
        return List.of(guest.vcpu(0, UserModeGuest.COUNT), guest.vcpu(1, UserModeGuest.COUNT));
    }

    private static Vm sameMemory(Kvm kvm, UserModeGuest guest) {
        Vm vm = kvm.createVm();
        vm.addMemory(0, guest.ram.size()).segment().copyFrom(guest.ram.segment());
        return vm;
    }

    private static void requireOwnCounter(Vcpu vcpu) {
        VcpuTsc counter = new VcpuTsc(vcpu);
        assumeTrue(counter.hasOffset(), "this KVM has no KVM_VCPU_TSC_OFFSET");
        long before = counter.offset();
        counter.offset(before - 123_456);
        boolean taken = counter.offset() == before - 123_456;
        counter.offset(before);
        assumeTrue(taken, "this KVM shows guests the host's counter, and ignores KVM_VCPU_TSC_OFFSET");
    }

    private static void requireStableCounter(Vm vm) {
        assumeTrue(new VcpuTsc(vm.vcpus().getFirst()).khz() != 0, "this host's time stamp counter is not stable");
    }

    @Test
    void countersKeepTheirDistanceOverAPause() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            List<Vcpu> vcpus = twoVcpus(guest);
            requireOwnCounter(vcpus.get(0));
            long distance = 1_000_000;
            new VcpuTsc(vcpus.get(1)).offset(new VcpuTsc(vcpus.get(0)).offset() + distance);
            VmSnapshot snapshot = VmSnapshot.parse(VmSnapshot.save(guest.vm).toBytes());
            long savedCounter = new VcpuTsc(vcpus.get(0)).read();
            Thread.sleep(LONG_PAUSE_MILLIS);
            try (Vm vm = sameMemory(guest.kvm, guest)) {
                long start = System.nanoTime();
                List<Vcpu> restored = snapshot.restore(vm).vcpus();
                VcpuTsc first = new VcpuTsc(restored.get(0));
                assertEquals(distance, new VcpuTsc(restored.get(1)).offset() - first.offset());
                long counter = first.read();
                long nanos = System.nanoTime() - start + 1_000_000_000;
                long most = savedCounter + nanos / 1_000_000 * first.khz();
                assertTrue(
                        counter >= savedCounter - first.khz() * 1000L && counter <= most,
                        () -> "%d became %d, the most is %d".formatted(savedCounter, counter, most));
            }
        }
    }

    /** Saved and restored again and again, with pauses, two vCPUs never see a counter that is behind one seen before. */
    @Test
    void timeNeverRunsBackwardsAcrossVcpus() throws Exception {
        try (Kvm kvm = Kvm.open()) {
            ClockComparingGuest guest = ClockComparingGuest.fresh();
            try {
                requireStableCounter(guest.vm);
                guest.runUntilBothCompared();
                assumeTrue(guest.timesBackwards() == 0, "this host's counter runs backwards across its processors");
                for (int move = 0; move < 3; move++) {
                    VmSnapshot snapshot = VmSnapshot.save(guest.vm);
                    Thread.sleep(move == 0 ? LONG_PAUSE_MILLIS : 10);
                    ClockComparingGuest moved = ClockComparingGuest.restored(kvm, snapshot, guest);
                    guest.close();
                    guest = moved;
                    guest.runUntilBothCompared();
                }
                assertEquals(0, guest.timesBackwards());
            } finally {
                guest.close();
            }
        }
    }

    @Test
    void bytesComeBack() {
        try (UserModeGuest guest = new UserModeGuest()) {
            twoVcpus(guest);
            VmSnapshot snapshot = VmSnapshot.save(guest.vm);
            VmSnapshot parsed = VmSnapshot.parse(snapshot.toBytes());
            assertEquals(snapshot, parsed);
            assertEquals(snapshot.hashCode(), parsed.hashCode());
            assertEquals(snapshot.toString(), parsed.toString());
            assertEquals(snapshot.omissions(), parsed.omissions());
            assertEquals(
                    List.of(0, 1), parsed.vcpus().stream().map(VcpuState::id).toList());
        }
    }

    @Test
    void devicesAreCreatedAndVcpusGoOn() throws Exception {
        try (Kvm kvm = Kvm.open();
                TickingGuest guest = TickingGuest.fresh(kvm)) {
            guest.start();
            long next = guest.pause(guest.await(2, 1));
            VmSnapshot snapshot = VmSnapshot.save(guest.vm);
            try (TickingGuest restored = TickingGuest.restored(kvm, snapshot, guest)) {
                restored.start();
                restored.await(3, next);
            }
        }
    }

    @Test
    void clocksCatchUpOrSayWhyNot() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            twoVcpus(guest);
            VmSnapshot snapshot = VmSnapshot.save(guest.vm);
            Thread.sleep(50);
            try (Vm vm = sameMemory(guest.kvm, guest)) {
                VmSnapshot.Restored restored = snapshot.restore(vm, GuestClock.CATCH_UP);
                long before = clock(snapshot.machine());
                long after = clock(VmState.save(vm));
                boolean omitted =
                        restored.omissions().stream().anyMatch(o -> o.part().equals(X86VmParts.CLOCK));
                assertTrue(
                        omitted || after - before >= 50_000_000, () -> "%d ns, %s".formatted(after - before, restored));
            }
        }
    }

    private static long clock(VmState state) {
        return io.kvm4j.uapi.KvmClockData.of(state.part(X86VmParts.CLOCK)).clock();
    }

    @Test
    void aVcpuThatRunsIsNotSaved() throws Exception {
        try (UserModeGuest guest = new UserModeGuest()) {
            Vcpu vcpu = guest.vcpu(0, UserModeGuest.COUNT);
            assertTrue(guest.vm.threads().arePaused());
            VcpuThread thread = vcpu.start(cpu -> {
                while (cpu.run()) {
                    throw new UnhandledExitException(cpu.exit());
                }
            });
            assertFalse(guest.vm.threads().arePaused());
            assertThrows(IllegalStateException.class, () -> VmSnapshot.save(guest.vm));
            guest.vm.threads().pauseAndWait();
            assertEquals(1, VmSnapshot.save(guest.vm).vcpus().size());
            assertTrue(thread.isPaused());
        }
    }

    @Test
    void aVmWithoutVcpusIsNotSaved() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm()) {
            assertThrows(IllegalStateException.class, () -> VmSnapshot.save(vm));
        }
    }
}
