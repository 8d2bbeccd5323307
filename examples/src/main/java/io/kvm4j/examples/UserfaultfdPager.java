package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.VcpuThread;
import io.kvm4j.Vm;
import io.kvm4j.fault.DemandPager;
import io.kvm4j.fault.FaultHandler;
import io.kvm4j.fault.PagedRegion;
import io.kvm4j.fault.PagerFigures;
import io.kvm4j.pages.PageSource;
import io.kvm4j.uapi.KvmExit;
import java.io.PrintStream;

/**
 * Memory that arrives when the guest touches it, on any kernel: vCPUs that touch an absent page sleep in KVM_RUN until a
 * pager has put it in place, by a userfaultfd. The content comes from a function; it could as well be a file or another
 * host.
 */
public final class UserfaultfdPager {
    private static final int PAGE = 4096;
    private static final int CODE = 0x1000;
    private static final int FIRST = 0x8000;
    private static final int PAGES = 8;
    private static final int PORT = 0x10;

    private static final byte[] GUEST = MachineCode.of("""
            be 00 80                ; mov si, 0x8000        ; the first page
                                    ; next:
            8a 04                   ; mov al, [si]          ; nothing is there yet
            e6 10                   ; out 0x10, al          ; tells what it found
            81 c6 00 10             ; add si, 0x1000
            73 f6                   ; jnc next              ; until 64 KiB
            f4                      ; hlt
            """);

    /** Fills each page with its number. */
    private static final PageSource NUMBERS = (offset, into) -> {
        int length = into.remaining();
        for (long at = offset; into.hasRemaining(); at++) {
            into.put((byte) (at / PAGE));
        }
        return length;
    };

    private UserfaultfdPager() {}

    /** Runs the guest on {@code /dev/kvm}. */
    public static void main(String[] args) throws InterruptedException {
        try (Kvm kvm = Kvm.open()) {
            run(kvm, System.out);
        }
    }

    /**
     * Runs the guest and writes what it says to {@code out}.
     *
     * @throws InterruptedException if the caller is interrupted; the guest is stopped
     */
    public static void run(Kvm kvm, PrintStream out) throws InterruptedException {
        try (Vm vm = kvm.createVm();
                MemorySlot code = vm.addMemory(0, FIRST);
                MemorySlot pages = vm.addMemory(FIRST, PAGES * PAGE);
                DemandPager pager = DemandPager.builder(NUMBERS)
                        .region(PagedRegion.of(pages))
                        .guest(vm.threads())
                        .start();
                Vcpu vcpu = vm.createVcpu(0)) {
            code.write(CODE, GUEST);
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));

            vcpu.start(cpu -> loop(cpu, pager, out)).join();

            PagerFigures.Faults figures = pager.figures().total();
            out.printf(
                    "%d pages came by %s%n", figures.pages(), pager.strategy().describe());
        }
    }

    private static void loop(VcpuThread cpu, DemandPager pager, PrintStream out) {
        FaultHandler faults = pager.handler();
        while (cpu.run()) {
            switch (cpu.exit()) {
                case KvmExit.Io io
                when io.isOut() && io.port() == PORT -> out.printf("the guest read %d%n", io.value(0));
                case KvmExit.Hlt _ -> {
                    return;
                }
                case KvmExit exit when faults.handle(exit) -> {}
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }
}
