package io.kvm4j.interrupts;

import io.kvm4j.Vm;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmIrqLevel;
import io.kvm4j.uapi.x86_64.KvmIrqchip;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;

/** Finds out why KVM refuses something that has to do with interrupts: EINVAL does not say. */
final class Refusal {
    private static final int UNUSED_GSI = 0x7fff_ffff;

    private Refusal() {}

    /** What to throw: that the VM has no interrupt controller in the kernel, if so, otherwise the same. */
    static RuntimeException explain(ErrnoException refusal, Vm vm) {
        if (isEinvalOnX86(refusal, vm) && lacksIrqchip(vm)) {
            return new IllegalStateException(
                    "the VM has no interrupt controller in the kernel: call vm.x86().createIrqchip() before it has vCPUs",
                    refusal);
        }
        return refusal;
    }

    /**
     * What to throw if the refused call needs a pin of a PIC or I/O APIC in the kernel, which a split interrupt controller
     * does not have.
     *
     * @param what what was refused, for people
     */
    static RuntimeException explainPin(ErrnoException refusal, Vm vm, String what) {
        if (isEinvalOnX86(refusal, vm) && !lacksIrqchip(vm) && lacksPins((X86VmIoctls) vm.ioctls())) {
            return new IllegalStateException(
                    "%s needs a PIC or I/O APIC in the kernel, and the VM's split interrupt controller has none: route the interrupt to a message (GsiRoute.ToMsi), or use createIrqchip()"
                            .formatted(what),
                    refusal);
        }
        return explain(refusal, vm);
    }

    private static boolean isEinvalOnX86(ErrnoException refusal, Vm vm) {
        return refusal.errno() == Errno.EINVAL && vm.ioctls() instanceof X86VmIoctls;
    }

    /** Lowers an interrupt that has no route, which changes nothing, and which KVM refuses without a controller. */
    private static boolean lacksIrqchip(Vm vm) {
        try (Arena call = Arena.ofConfined()) {
            KvmIrqLevel lowered = KvmIrqLevel.allocate(call).irq(UNUSED_GSI).level(0);
            vm.tell(ioctls -> ioctls.irqLine(lowered));
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.ENXIO;
        }
    }

    private static boolean lacksPins(X86VmIoctls ioctls) {
        try (Arena call = Arena.ofConfined()) {
            ioctls.getIrqchip(KvmIrqchip.allocate(call));
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.ENXIO;
        }
    }
}
