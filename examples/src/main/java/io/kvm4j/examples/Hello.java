package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.UnhandledExitException;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The smallest VMM: 16-bit real mode, a console at an I/O port, input, output of every size, and a halt. */
public final class Hello {
    private static final int CODE = 0x1000;
    private static final int TEXT = 0x2000;
    private static final int CONSOLE_PORT = 0x3f8;
    private static final int HOST_PORT = 0x510;

    private static final byte[] GUEST = MachineCode.of("""
            fc                      ; cld
            bf 07 20                ; mov di, 0x2007        ; the gap in the text
            b9 05 00                ; mov cx, 5
            ba 10 05                ; mov dx, 0x510         ; the host
            f3 6c                   ; rep insb              ; reads 5 bytes: one exit with a count of 5
            be 00 20                ; mov si, 0x2000        ; the text
            b9 28 00                ; mov cx, 40
            ba f8 03                ; mov dx, 0x3f8         ; the console
            f3 6e                   ; rep outsb             ; writes 40 bytes: KVM makes an exit of each
            ba 10 05                ; mov dx, 0x510
            66 b8 0d f0 fe ca       ; mov eax, 0xcafef00d
            ee                      ; out dx, al
            ef                      ; out dx, ax
            66 ef                   ; out dx, eax
            f4                      ; hlt
            """);

    private static final byte[] GUEST_TEXT = ascii("Hello, _____, from a guest in real mode\n");
    private static final byte[] HOST_NAME = ascii("kvm4j");

    private Hello() {}

    /** Runs the guest on {@code /dev/kvm}. */
    public static void main(String[] args) {
        try (Kvm kvm = Kvm.open()) {
            run(kvm, System.out);
        }
    }

    /** Runs the guest and writes what it says to {@code out}. */
    public static ExitCounts run(Kvm kvm, PrintStream out) {
        ExitCounts counts = new ExitCounts();
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, 64 << 10);
                Vcpu vcpu = vm.createVcpu(0)) {
            ram.write(CODE, GUEST);
            ram.write(TEXT, GUEST_TEXT);

            // A vCPU starts in real mode as after a reset, near 4 GiB: let it start at our code instead.
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));

            while (true) {
                switch (counts.count(vcpu.run())) {
                    case KvmExit.Io io when io.port() == CONSOLE_PORT && io.isOut() -> io.copyTo(out);
                    case KvmExit.Io io when io.port() == HOST_PORT && io.isOut() -> report(io, out);
                    case KvmExit.Io io when io.port() == HOST_PORT && io.isIn() -> answer(io);
                    case KvmExit.Hlt _ -> {
                        out.println("The guest halted.");
                        return counts;
                    }
                    case KvmExit other -> throw new UnhandledExitException(other);
                }
            }
        }
    }

    /** Prints each number that the guest wrote. */
    private static void report(KvmExit.Io io, PrintStream out) {
        for (int i = 0; i < io.count(); i++) {
            out.printf("Port 0x%x got %d byte(s): 0x%x%n", io.port(), io.size(), io.value(i));
        }
    }

    /** Gives the guest the host's name, as many letters as it asks for. */
    private static void answer(KvmExit.Io io) {
        for (int i = 0; i < io.count(); i++) {
            io.value(i, i < HOST_NAME.length ? HOST_NAME[i] : ' ');
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
