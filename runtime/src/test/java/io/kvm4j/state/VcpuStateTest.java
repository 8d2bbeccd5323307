package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvm4j.Kvm;
import io.kvm4j.RealModeGuest;
import io.kvm4j.RequiresKvm;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.debug.GuestDebug;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.KvmMsrs;
import io.kvm4j.uapi.x86_64.KvmRegs;
import io.kvm4j.uapi.x86_64.MsrEntries;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

@RequiresKvm
class VcpuStateTest {
    /**
     * {@code mov cx, 9; mov bx, 0x2000; again: imul ax, cx; add ax, 0x3039; rol dx, 3; xor dx, ax; add [bx], dx; push ax;
     * out 0x10, ax; pop si; loop again; mov ax, [bx]; out 0x10, ax; out 0x11, al; end: jmp end}.
     */
    private static final String HASH =
            "b9 09 00 bb 00 20 0f af c1 05 39 30 c1 c2 03 31 c2 01 17 50 e7 10 5e e2 ed 8b 07 e7 10 e6 11 eb fe";

    /** So many that in the rounds of ten instructions each comes before a move once. */
    private static final int STEPS_TO_MOVE = 7;

    /** The time stamp counter, and two counters of Hyper-V: the processor's running time and the reference time. */
    private static final Set<Integer> CLOCKS = Set.of(0x10, 0x4000_0010, 0x4000_0020);

    private static final int SYSENTER_CS = 0x174;

    @Test
    void aRestoredGuestGoesOnWhereItWas() {
        List<Long> uninterrupted;
        try (CalculatingGuest guest = new CalculatingGuest()) {
            uninterrupted = guest.numbers(CalculatingGuest.NUMBERS);
        }
        for (int told = 0; told <= CalculatingGuest.NUMBERS; told++) {
            assertEquals(uninterrupted, interruptedAfter(told));
        }
    }

    private static List<Long> interruptedAfter(int told) {
        try (CalculatingGuest guest = new CalculatingGuest()) {
            List<Long> numbers = new ArrayList<>(guest.numbers(told));
            byte[] state = VcpuState.save(guest.vcpu).toBytes();
            try (CalculatingGuest restored = CalculatingGuest.withMemoryOf(guest)) {
                VcpuState.parse(state).restore(restored.vcpu);
                numbers.addAll(restored.numbers(CalculatingGuest.NUMBERS - told));
            }
            return numbers;
        }
    }

    @Test
    void aGuestThatIsMovedBetweenItsInstructionsTellsTheSame() {
        List<Long> uninterrupted = new ArrayList<>();
        try (RealModeGuest guest = hashing()) {
            assertEquals(Stop.END, run(guest, uninterrupted));
        }
        List<Long> told = new ArrayList<>();
        RealModeGuest guest = hashing();
        int moves = 0;
        for (int steps = 1; step(guest, told) == Stop.STEP; steps++) {
            if (steps % STEPS_TO_MOVE != 0) {
                continue;
            }
            RealModeGuest moved = new RealModeGuest(HASH);
            moved.ram.segment().copyFrom(guest.ram.segment());
            VcpuState.save(guest.vcpu).restore(moved.vcpu);
            guest.close();
            guest = moved;
            moves++;
        }
        guest.close();
        assertEquals(uninterrupted, told);
        assertEquals(10, told.size());
        assertTrue(moves >= 10, moves + " moves");
    }

    private static RealModeGuest hashing() {
        RealModeGuest guest = new RealModeGuest(HASH);
        guest.vcpu.x86().setRegs(r -> r.rsp(0x8000));
        return guest;
    }

    private enum Stop {
        STEP,
        END
    }

    private static Stop step(RealModeGuest guest, List<Long> told) {
        try (GuestDebug debug = new GuestDebug(guest.vcpu)) {
            debug.singleStep(true);
            return run(guest, told);
        }
    }

    private static Stop run(RealModeGuest guest, List<Long> told) {
        while (true) {
            switch (guest.vcpu.run()) {
                case KvmExit.Io io when io.port() == 0x10 -> told.add((long) io.value(0));
                case KvmExit.Io io
                when io.port() == 0x11 -> {
                    return Stop.END;
                }
                case KvmExit.Debug _ -> {
                    return Stop.STEP;
                }
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    /** {@code in al, 0x10; hlt}: what the VMM answers is in the state, though the guest has not run since. */
    @Test
    void theAnswerToTheLastExitIsSaved() {
        try (RealModeGuest guest = new RealModeGuest("e4 10 f4")) {
            guest.run(KvmExit.Io.class).value(0, 0x42);
            VcpuState state = VcpuState.save(guest.vcpu);
            KvmRegs regs = KvmRegs.of(state.part(X86VcpuParts.REGS));
            assertEquals(0x42, regs.rax());
            assertEquals(RealModeGuest.START + 2, regs.rip());
        }
    }

    @Test
    void anAccessOfSeveralExitsIsFinishedFirst() {
        try (CalculatingGuest guest = CalculatingGuest.storingSixteenBytes()) {
            assertInstanceOf(KvmExit.Mmio.class, guest.vcpu.run());
            UnfinishedExitException e = assertThrows(UnfinishedExitException.class, () -> VcpuState.save(guest.vcpu));
            assertInstanceOf(KvmExit.Mmio.class, e.exit());
            VcpuState.save(guest.vcpu);
        }
    }

    /** Clocks go on meanwhile; everything else is the same. */
    @Test
    void whatIsSavedIsWhatWasRestored() {
        try (CalculatingGuest guest = new CalculatingGuest();
                CalculatingGuest restored = new CalculatingGuest();
                Arena arena = Arena.ofConfined()) {
            guest.numbers(5);
            KvmMsrs sysenter = MsrEntries.of(arena, SYSENTER_CS);
            sysenter.entry(0).data(0x1234);
            assertEquals(1, guest.vcpu.x86().ioctls().setMsrs(sysenter));
            VcpuState saved = VcpuState.save(guest.vcpu);
            saved.restore(restored.vcpu);
            VcpuState again = VcpuState.save(restored.vcpu);
            assertEquals(saved.parts(), again.parts());
            assertEquals(saved.omissions(), again.omissions());
            Set<String> differing = new HashSet<>();
            for (String part : saved.parts()) {
                if (saved.part(part).mismatch(again.part(part)) != -1) {
                    differing.add(part);
                }
            }
            assertEquals(Set.of(X86VcpuParts.MSRS), differing);
            Set<Integer> changed = differingMsrs(saved, again);
            assertTrue(CLOCKS.containsAll(changed), changed::toString);
        }
    }

    private static Set<Integer> differingMsrs(VcpuState one, VcpuState other) {
        Set<Msr> difference = new HashSet<>(MsrRequests.of(KvmMsrs.of(one.part(X86VcpuParts.MSRS))));
        difference.removeAll(Set.copyOf(MsrRequests.of(KvmMsrs.of(other.part(X86VcpuParts.MSRS)))));
        Set<Integer> indices = new HashSet<>();
        difference.forEach(msr -> indices.add(msr.index()));
        return indices;
    }

    @Test
    void equalStatesAreEqual() {
        try (RealModeGuest guest = new RealModeGuest(RealModeGuest.HLT)) {
            VcpuState state = VcpuState.save(guest.vcpu);
            VcpuState parsed = VcpuState.parse(state.toBytes());
            assertEquals(state, parsed);
            assertEquals(state.hashCode(), parsed.hashCode());
            assertEquals(state.toString(), parsed.toString());
        }
    }

    @Test
    void anotherVcpuIsRefused() {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                Vcpu first = vm.createVcpu(0);
                Vcpu second = vm.createVcpu(1)) {
            VcpuState state = VcpuState.save(first);
            assertThrows(IllegalArgumentException.class, () -> state.restore(second));
        }
    }
}
