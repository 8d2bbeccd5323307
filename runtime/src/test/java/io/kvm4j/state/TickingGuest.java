package io.kvm4j.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A guest in real mode that sets up the interrupt controllers and the timer, sleeps, and tells the number of each tick. It
 * runs in a thread of its own.
 */
final class TickingGuest implements AutoCloseable {
    private static final int CODE = 0x1000;
    private static final int HANDLER = CODE + 0x25;
    private static final int VECTOR_8 = 8 * 4;
    private static final int MEMORY = 0x8000;

    /** Vectors from 8 on, all but the timer masked, 100 ticks a second; sti; again: hlt; jmp again; and the handler. */
    private static final String TICK = """
            fa b0 11 e6 20 b0 08 e6 21 b0 04 e6 21 b0 01 e6 21 b0 fe e6 21 b0 34 e6 43 b0 9c e6 40 b0 2e e6 40 \
            fb f4 eb fd \
            fe 06 00 20 a0 00 20 e6 10 b0 20 e6 20 cf""";

    final Vm vm;
    final Vcpu vcpu;
    private final MemorySlot ram;
    private final BlockingQueue<Long> ticks = new LinkedBlockingQueue<>();

    private TickingGuest(Vm vm) {
        this(vm, vm.addMemory(0, MEMORY), vm.createVcpu(0));
    }

    private TickingGuest(Vm vm, MemorySlot ram, Vcpu vcpu) {
        this.vm = vm;
        this.ram = ram;
        this.vcpu = vcpu;
    }

    /** A machine that has not run. */
    static TickingGuest fresh(Kvm kvm) {
        Vm vm = kvm.createVm();
        vm.x86().createIrqchip();
        vm.x86().createPit();
        TickingGuest guest = new TickingGuest(vm);
        guest.ram.write(CODE, HexFormat.ofDelimiter(" ").parseHex(TICK));
        guest.ram.writeInt(VECTOR_8, HANDLER);
        guest.vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        guest.vcpu.x86().setRegs(r -> r.rip(CODE).rsp(MEMORY).rflags(2));
        return guest;
    }

    /** A machine that goes on where another one stands. */
    static TickingGuest restored(Kvm kvm, VmState machine, VcpuState processor, TickingGuest from) {
        Vm vm = kvm.createVm();
        machine.createDevices(vm);
        TickingGuest guest = new TickingGuest(vm);
        guest.ram.segment().copyFrom(from.ram.segment());
        processor.restore(guest.vcpu);
        machine.restore(vm);
        return guest;
    }

    /** The same, of a snapshot of all of it. */
    static TickingGuest restored(Kvm kvm, VmSnapshot snapshot, TickingGuest from) {
        Vm vm = kvm.createVm();
        MemorySlot ram = vm.addMemory(0, MEMORY);
        ram.segment().copyFrom(from.ram.segment());
        return new TickingGuest(vm, ram, snapshot.restore(vm).vcpus().getFirst());
    }

    void start() {
        vcpu.start(this::loop);
    }

    private void loop(VcpuThread cpu) {
        while (cpu.run()) {
            switch (cpu.exit()) {
                case KvmExit.Io io when io.isOut() -> ticks.add((long) io.value(0));
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    /** Waits for ticks, which must have the numbers from {@code next} on. Returns the number that comes then. */
    long await(int count, long next) throws InterruptedException {
        for (int i = 0; i < count; i++, next++) {
            Long tick = ticks.poll(20, TimeUnit.SECONDS);
            assertNotNull(tick, "no tick " + next);
            assertEquals(next & 0xff, tick);
        }
        return next;
    }

    /** Stops the guest where it is. Returns the number of the tick that it would tell next. */
    long pause(long next) throws InterruptedException {
        vm.threads().pauseAndWait();
        return await(ticks.size(), next);
    }

    @Override
    public void close() {
        vm.close();
    }
}
