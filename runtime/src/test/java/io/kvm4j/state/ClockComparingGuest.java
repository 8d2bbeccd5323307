package io.kvm4j.state;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.UserModeGuest;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import java.util.List;

/**
 * A guest whose two vCPUs compare their time stamp counters: each reads the last value that either has seen, then its own
 * counter, counts if that is behind, and leaves it as the last value.
 */
final class ClockComparingGuest implements AutoCloseable {
    /** {@code again: mov rcx,[rdi]; lfence; rdtsc; shl rdx,32; or rax,rdx; cmp rax,rcx; jae ok; inc qword [rdi+8]; ok: mov
     * [rdi],rax; inc qword [rsi]; jmp again}. */
    private static final String COMPARE =
            "48 8b 0f 0f ae e8 0f 31 48 c1 e2 20 48 09 d0 48 39 c8 73 04 48 ff 47 08 48 89 07 48 ff 06 eb e0";

    private static final int LAST = 0x30000;
    private static final int BACKWARDS = LAST + 8;
    private static final int ROUNDS = LAST + 0x100;
    private static final long DEADLINE_NANOS = 60_000_000_000L;

    final Vm vm;
    private final MemorySlot ram;
    private final List<Vcpu> vcpus;
    private final Runnable owner;
    private boolean started;

    private ClockComparingGuest(Vm vm, MemorySlot ram, List<Vcpu> vcpus, Runnable owner) {
        this.vm = vm;
        this.ram = ram;
        this.vcpus = vcpus;
        this.owner = owner;
    }

    static ClockComparingGuest fresh() {
        UserModeGuest machine = new UserModeGuest();
        List<Vcpu> vcpus = List.of(machine.vcpu(0, COMPARE), machine.vcpu(1, COMPARE));
        for (Vcpu vcpu : vcpus) {
            vcpu.x86().setRegs(r -> r.rdi(LAST).rsi(ROUNDS + vcpu.id() * 8L));
        }
        return new ClockComparingGuest(machine.vm, machine.ram, vcpus, machine::close);
    }

    static ClockComparingGuest restored(Kvm kvm, VmSnapshot snapshot, ClockComparingGuest from) {
        Vm vm = kvm.createVm();
        MemorySlot ram = vm.addMemory(0, from.ram.size());
        ram.segment().copyFrom(from.ram.segment());
        return new ClockComparingGuest(vm, ram, snapshot.restore(vm).vcpus(), vm::close);
    }

    /** Runs both vCPUs until each has compared some more times, and pauses them. */
    void runUntilBothCompared() throws InterruptedException {
        long[] before = {rounds(0), rounds(1)};
        if (started) {
            vm.threads().resume();
        } else {
            vcpus.forEach(vcpu -> vcpu.start(cpu -> {
                while (cpu.run()) {
                    throw new UnhandledExitException(cpu.exit());
                }
            }));
            started = true;
        }
        long start = System.nanoTime();
        while (rounds(0) < before[0] + 1000 || rounds(1) < before[1] + 1000) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError("the vCPUs do not run");
            }
            Thread.sleep(1);
        }
        vm.threads().pauseAndWait();
    }

    private long rounds(int vcpu) {
        return ram.readLong(ROUNDS + vcpu * 8L);
    }

    long timesBackwards() {
        return ram.readLong(BACKWARDS);
    }

    @Override
    public void close() {
        owner.run();
    }
}
