package io.kvm4j.interrupts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.Kvm;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.KvmLapicState;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A guest that sleeps, and tells each interrupt by writing to the port of its vector's number. Its PIC gives IRQ 0 to 7 the
 * vectors from {@link #FIRST_IRQ} on. Its vCPU has a thread, so that a lost interrupt fails a test instead of blocking it.
 */
final class InterruptGuest implements AutoCloseable {
    static final int FIRST_IRQ = 0x20;

    private static final int CODE = 0x1000;
    private static final int HANDLERS = 0x2000;
    private static final int HANDLER_SIZE = 16;
    private static final int READY = 0x10;
    private static final int APIC_SPURIOUS = 0xf0;
    private static final int APIC_ENABLE = 0x1ff;

    /**
     * Sets up the first PIC (four command words, nothing masked), then {@code sti; out READY, al; again: hlt; jmp again}.
     */
    private static final String SETUP_AND_SLEEP =
            "b0 11 e6 20 b0 20 e6 21 b0 04 e6 21 b0 01 e6 21 b0 00 e6 21 fb e6 10 f4 eb fd";

    final Kvm kvm = Kvm.open();
    final Vm vm = kvm.createVm();
    private final Vcpu vcpu;
    private final BlockingQueue<Integer> told = new LinkedBlockingQueue<>();

    /**
     * Returns once the guest takes interrupts. A handler is {@code mov al, 0x20; out 0x20, al; out VECTOR, al; iret}: it
     * acknowledges at the PIC, and tells.
     */
    InterruptGuest() throws InterruptedException {
        this(vm -> vm.x86().createIrqchip());
    }

    /** One whose PIC is not in the kernel: this guest's is nowhere, so that only messages reach it. */
    static InterruptGuest withSplitIrqchip(int routes) throws InterruptedException {
        return new InterruptGuest(vm -> vm.x86().createSplitIrqchip(routes));
    }

    private InterruptGuest(Consumer<Vm> createIrqchip) throws InterruptedException {
        vm.addMemory(0, 0x10000);
        createIrqchip.accept(vm);
        vcpu = vm.createVcpu(0);
        write(CODE, SETUP_AND_SLEEP);
        for (int vector = FIRST_IRQ; vector < 0x100; vector++) {
            int handler = HANDLERS + vector * HANDLER_SIZE;
            write(handler, "b0 20 e6 20 e6 %02x cf".formatted(vector));
            vm.memory().writeInt(vector * 4L, handler);
        }
        enableApic();
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(CODE).rsp(0x8000).rflags(2));
        vcpu.start(this::tell);
        assertEquals(READY, next());
    }

    private void write(int gpa, String code) {
        vm.memory().write(gpa, HexFormat.ofDelimiter(" ").parseHex(code));
    }

    private void enableApic() {
        try (Arena arena = Arena.ofConfined()) {
            KvmLapicState lapic = KvmLapicState.allocate(arena);
            vcpu.x86().ioctls().getLapic(lapic);
            lapic.segment().set(ValueLayout.JAVA_INT, APIC_SPURIOUS, APIC_ENABLE);
            vcpu.x86().ioctls().setLapic(lapic);
        }
    }

    private void tell(VcpuThread cpu) {
        while (cpu.run()) {
            switch (cpu.exit()) {
                case KvmExit.Io io when io.isOut() && isPic(io.port()) -> {}
                case KvmExit.Io io when io.isOut() -> told.add(io.port());
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    private static boolean isPic(int port) {
        return port == 0x20 || port == 0x21;
    }

    /** The vector that the guest tells next, waiting for it; -1 if there is none for ten seconds. */
    int next() throws InterruptedException {
        Integer vector = told.poll(10, TimeUnit.SECONDS);
        return vector == null ? -1 : vector;
    }

    /** The interrupts that nobody asked for yet. */
    int untold() {
        return told.size();
    }

    @Override
    public void close() {
        vm.close();
        kvm.close();
    }
}
