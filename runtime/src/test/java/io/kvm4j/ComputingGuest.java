package io.kvm4j;

import io.kvm4j.uapi.KvmExit;
import java.util.HexFormat;

/** A program with the run loop of the README, whose guest computes for some seconds. Says so if it gets to the end. */
final class ComputingGuest {
    private static final int SECONDS = 3;

    private ComputingGuest() {}

    public static void main(String[] args) {
        try (Kvm kvm = Kvm.open();
                Vm vm = kvm.createVm();
                MemorySlot ram = vm.addMemory(0x0, 16 << 20);
                Vcpu vcpu = vm.createVcpu(0)) {
            ram.write(0x1000, HexFormat.ofDelimiter(" ").parseHex(RealModeGuest.WAIT_FOR_FLAG));
            vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
            vcpu.x86().setRegs(r -> r.rip(0x1000).rflags(2));
            Thread.ofPlatform().daemon().start(() -> endComputation(ram));
            switch (vcpu.run()) {
                case KvmExit.Hlt _ -> System.out.println("computed");
                case KvmExit other -> throw new UnhandledExitException(other);
            }
        }
    }

    private static void endComputation(MemorySlot ram) {
        try {
            Thread.sleep(SECONDS * 1000L);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        ram.writeByte(RealModeGuest.FLAG, (byte) 1);
    }
}
