package io.kvm4j.ioctls;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kvm4j.Kvm;
import io.kvm4j.MemorySlot;
import io.kvm4j.RequiresKvm;
import io.kvm4j.Vcpu;
import io.kvm4j.Vm;
import io.kvm4j.uapi.Capability;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmDeviceAttr;
import io.kvm4j.uapi.KvmExit;
import io.kvm4j.uapi.x86_64.KvmIrqchip;
import io.kvm4j.uapi.x86_64.X86Constants;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.util.HexFormat;
import org.junit.jupiter.api.function.Executable;

/** Tests of KVM's ioctls, with a VM for each. */
@RequiresKvm
abstract class IoctlsTest extends RecordedTest {
    static final int CODE = 0x1000;
    static final int RAM = 64 * PAGE;

    /** {@code hlt}. */
    static final String HLT = "f4";

    /** {@code mov byte [0x2000], 1; hlt}: writes page 2. */
    static final String WRITE_PAGE_2 = "c6 06 00 20 01 f4";

    final Kvm kvm = closing(Kvm.open());
    final Vm vm = closing(kvm.createVm());

    /** The VM's ioctls on x86_64, unrecorded: for what a test needs besides. */
    X86VmIoctls x86() {
        return vm.x86().ioctls();
    }

    /** Puts the interrupt controllers into the kernel: before any vCPU. */
    void withIrqchip() {
        x86().createIrqchip();
    }

    /** A vCPU about to run 16-bit code, in memory that starts at 0. */
    Vcpu guest(String code) {
        MemorySlot ram = vm.addMemory(0, RAM);
        ram.write(CODE, HexFormat.ofDelimiter(" ").parseHex(code));
        Vcpu vcpu = vm.createVcpu(0);
        start(vcpu);
        return vcpu;
    }

    static void start(Vcpu vcpu) {
        vcpu.x86().setSregs(s -> {
            s.cs().base(0).selector(0);
            s.ds().base(0).selector(0);
        });
        vcpu.x86().setRegs(r -> r.rip(CODE).rflags(2));
    }

    static <E extends KvmExit> E run(Vcpu vcpu, Class<E> expected) {
        KvmExit exit = vcpu.run();
        assertTrue(expected.isInstance(exit), () -> "expected " + expected.getSimpleName() + ", got " + exit);
        return expected.cast(exit);
    }

    /** The inputs of the first interrupt controller that are raised. */
    int raised() {
        KvmIrqchip chip = KvmIrqchip.allocate(arena).chipId(X86Constants.KVM_IRQCHIP_PIC_MASTER);
        x86().getIrqchip(chip);
        return chip.chip().pic().irr();
    }

    KvmDeviceAttr attribute(int group, long attribute, long address) {
        return KvmDeviceAttr.allocate(arena).group(group).attr(attribute).addr(address);
    }

    /** Where the VM lacks a capability, sees that the call that needs it says so, and skips the rest. */
    void needs(Capability capability, Executable call) {
        if (vm.checkExtension(capability) == 0) {
            ErrnoException e = assertThrows(ErrnoException.class, call, () -> "without " + capability);
            String message = String.valueOf(e.getMessage());
            assertTrue(message.endsWith("; this kernel lacks " + capability), message);
            abort(message);
        }
    }
}
