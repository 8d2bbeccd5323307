package io.kvm4j.examples;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.KvmExit;
import java.io.PrintStream;

/**
 * A run loop that names every exit there is, without a default: when the bindings are regenerated from headers that have
 * a new one, it fails to compile until somebody decides what becomes of it.
 */
public final class EveryExit {
    private static final int CODE = 0x1000;

    private static final byte[] GUEST = MachineCode.of("""
            e4 10                   ; in al, 0x10
            e6 11                   ; out 0x11, al
            b8 00 a0                ; mov ax, 0xa000        ; segment 0xa000: beyond the memory
            8e d8                   ; mov ds, ax
            a0 00 00                ; mov al, [0]
            a2 01 00                ; mov [1], al
            f4                      ; hlt
            """);

    private EveryExit() {}

    /** Runs the guest on {@code /dev/kvm}. */
    public static void main(String[] args) {
        try (Kvm kvm = Kvm.open()) {
            run(kvm, System.out);
        }
    }

    /** Runs the guest until it stops and writes a line for each exit to {@code out}. */
    public static void run(Kvm kvm, PrintStream out) {
        try (Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0, 64 << 10);
                Vcpu vcpu = vm.createVcpu(0)) {
            ram.write(CODE, GUEST);
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
            while (handle(vcpu.run(), out)) {
                // The guest goes on.
            }
        }
    }

    /** Does what an exit asks for; false if the guest cannot go on. */
    private static boolean handle(KvmExit exit, PrintStream out) {
        return switch (exit) {
            case KvmExit.Io io -> {
                if (io.isIn()) {
                    io.value(0, 0x42);
                }
                out.printf("%s port 0x%x: 0x%x%n", io.isIn() ? "in from" : "out to", io.port(), io.value(0));
                yield true;
            }
            case KvmExit.Mmio mmio -> {
                if (mmio.isLoad()) {
                    mmio.value(0x43);
                }
                out.printf("%s 0x%x: 0x%x%n", mmio.isLoad() ? "load from" : "store to", mmio.physAddr(), mmio.value());
                yield true;
            }
            case KvmExit.Intr _, KvmExit.IrqWindowOpen _, KvmExit.DirtyRingFull _ -> true;
            case KvmExit.Hlt _, KvmExit.Shutdown _, KvmExit.SystemEvent _ -> stop("the guest stopped", exit, out);
            case KvmExit.MemoryFault _ -> stop("no memory where the guest accessed it", exit, out);
            case KvmExit.FailEntry _, KvmExit.InternalFailure _, KvmExit.HardwareUnknown _ ->
                stop("KVM gave up", exit, out);
            case KvmExit.GuestException _,
                    KvmExit.Hypercall _,
                    KvmExit.Debug _,
                    KvmExit.Nmi _,
                    KvmExit.Notify _,
                    KvmExit.X86 _ -> stop("nobody turned this on", exit, out);
            case KvmExit.Arm _, KvmExit.Riscv _, KvmExit.S390 _, KvmExit.PowerPc _, KvmExit.LoongArch _ ->
                stop("an exit of another architecture", exit, out);
            case KvmExit.Unrecognized _ -> stop("the kernel is newer than these bindings", exit, out);
        };
    }

    private static boolean stop(String why, KvmExit exit, PrintStream out) {
        out.println(why + ": " + exit.reason());
        return false;
    }
}
