package io.kvm4j.benchmarks;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.io.IOException;
import java.util.Locale;

/**
 * An exit by a port, from KVM_RUN to the next: kvm4j's loop and C's take turns in blocks, on one vCPU, by one thread.
 *
 * <p>Usage: {@code ExitLoopComparison [BLOCKS [EXITS]]}; writes a report to standard output.
 */
final class ExitLoopComparison {
    /** {@code again: out 0x10, al; jmp again}, in real mode. */
    private static final byte[] OUT_FOREVER = {(byte) 0xe6, 0x10, (byte) 0xeb, (byte) 0xfc};

    private static final int WARM_UP_EXITS = 60_000;

    private final CBaseline c = new CBaseline();
    private final int blocks;
    private final int exits;

    /** Keeps results alive, and shows that both did the same. */
    private long javaSum;

    private long cSum;

    private ExitLoopComparison(int blocks, int exits) {
        this.blocks = blocks;
        this.exits = exits;
    }

    public static void main(String[] arguments) throws IOException {
        int blocks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        int exits = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 25;
        new ExitLoopComparison(blocks, exits).run();
    }

    private void run() throws IOException {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, 0x2000);
                Vcpu vcpu = vm.createVcpu(0)) {
            ram.write(0x1000, OUT_FOREVER);
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(0x1000).rflags(2));
            for (int done = 0; done < WARM_UP_EXITS; done += exits) {
                loop(vcpu);
                c.exitLoop(vcpu, exits);
            }
            report(vcpu);
        }
    }

    private void report(Vcpu vcpu) throws IOException {
        double[] javaNanos = new double[blocks];
        double[] cNanos = new double[blocks];
        for (int block = 0; block < blocks; block++) {
            // Whoever comes first changes from pair to pair.
            if (block % 2 == 0) {
                javaNanos[block] = javaBlock(vcpu);
                cNanos[block] = cBlock(vcpu);
            } else {
                cNanos[block] = cBlock(vcpu);
                javaNanos[block] = javaBlock(vcpu);
            }
        }
        if (javaSum != cSum) {
            throw new IllegalStateException("Java saw %d, C saw %d".formatted(javaSum, cSum));
        }
        Spread java = Spread.of(javaNanos);
        Spread inC = Spread.of(cNanos);
        Spread ratio = Spread.ofRatios(javaNanos, cNanos);
        System.out.printf(
                Locale.ROOT,
                """
                # An exit in Java and in C

                A guest writes to a port again and again. The loops of kvm4j (`Vcpu.run()` and a `switch` over the exit's type)
                and of C (`ioctl` and a `switch` over its number, gcc -O2) take turns in %d pairs of blocks of %d exits, on the
                same vCPU, by the same thread. Measured on %s.

                | | ns per exit: median (quarter to three quarters) |
                |---|---|
                | kvm4j | %.0f (%.0f to %.0f) |
                | C | %.0f (%.0f to %.0f) |

                kvm4j's time divided by C's, pair by pair: median **%.3f** (%.3f to %.3f).
                """,
                blocks,
                exits,
                Surroundings.describe(),
                java.median(),
                java.lower(),
                java.upper(),
                inC.median(),
                inC.lower(),
                inC.upper(),
                ratio.median(),
                ratio.lower(),
                ratio.upper());
    }

    /** Nanoseconds of an exit in a block. */
    private double javaBlock(Vcpu vcpu) {
        long start = System.nanoTime();
        javaSum += loop(vcpu);
        return (double) (System.nanoTime() - start) / exits;
    }

    private double cBlock(Vcpu vcpu) {
        long start = System.nanoTime();
        cSum += c.exitLoop(vcpu, exits);
        return (double) (System.nanoTime() - start) / exits;
    }

    private long loop(Vcpu vcpu) {
        long sum = 0;
        for (int i = 0; i < exits; i++) {
            sum += switch (vcpu.run()) {
                case KvmExit.Io io when io.isOut() -> io.port() + io.size() + (io.value(0) & 0xff);
                case KvmExit other -> throw new UnhandledExitException(other);
            };
        }
        return sum;
    }
}
