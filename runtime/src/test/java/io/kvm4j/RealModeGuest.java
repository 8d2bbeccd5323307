package io.kvm4j;

import io.kvm4j.uapi.KvmExit;
import java.util.HexFormat;

/** A VM with half a megabyte at 0 and one vCPU about to run 16-bit code at {@link #START}. */
public final class RealModeGuest implements AutoCloseable {
    public static final int START = 0x1000;
    public static final int MEMORY_SIZE = 0x80000;

    /** {@code hlt}. */
    public static final String HLT = "f4";

    /** {@code again: jmp again}. */
    public static final String SPIN = "eb fe";

    /** {@code again: out 0x10, al; jmp again}. */
    public static final String OUT_FOREVER = "e6 10 eb fc";

    /** {@code again: cmp byte [0x2000], 0; je again; hlt}. */
    public static final String WAIT_FOR_FLAG = "80 3e 00 20 00 74 f9 f4";

    public static final int FLAG = 0x2000;

    public final Kvm kvm = Kvm.open();
    public final Vm vm = kvm.createVm();
    public final MemorySlot ram = vm.addMemory(0, MEMORY_SIZE);
    public final Vcpu vcpu = vm.createVcpu(0);

    /** Makes the VM, the vCPU, and the code. */
    public RealModeGuest(String code) {
        ram.write(START, HexFormat.ofDelimiter(" ").parseHex(code));
        vcpu.x86().setSregs(s -> s.cs().base(0).selector(0));
        vcpu.x86().setRegs(r -> r.rip(START).rflags(2));
    }

    /** Runs it until it exits, which must be for a certain reason. */
    public <E extends KvmExit> E run(Class<E> expected) {
        KvmExit exit = vcpu.run();
        if (!expected.isInstance(exit)) {
            throw new AssertionError("expected " + expected.getSimpleName() + ", got " + exit);
        }
        return expected.cast(exit);
    }

    @Override
    public void close() {
        vm.close();
        kvm.close();
    }
}
