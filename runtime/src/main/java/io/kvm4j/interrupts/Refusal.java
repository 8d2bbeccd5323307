package io.kvm4j.interrupts;

import io.kvm4j.Vm;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.x86_64.KvmIrqchip;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;

/** Finds out why KVM refuses something that has to do with interrupts: EINVAL does not say. */
final class Refusal {
    private Refusal() {}

    /** What to throw: that the VM has no interrupt controller, if so, otherwise the same. */
    static RuntimeException explain(ErrnoException refusal, Vm vm) {
        if (refusal.errno() == Errno.EINVAL && vm.ioctls() instanceof X86VmIoctls ioctls && lacksIrqchip(ioctls)) {
            return new IllegalStateException(
                    "the VM has no interrupt controller in the kernel: call vm.x86().createIrqchip() before it has vCPUs",
                    refusal);
        }
        return refusal;
    }

    private static boolean lacksIrqchip(X86VmIoctls ioctls) {
        try (Arena call = Arena.ofConfined()) {
            ioctls.getIrqchip(KvmIrqchip.allocate(call));
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.ENXIO;
        }
    }
}
