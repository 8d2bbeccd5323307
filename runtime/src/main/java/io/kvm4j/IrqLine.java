package io.kvm4j;

import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmIrqLevel;
import io.kvm4j.uapi.KvmVmIoctls;
import java.lang.foreign.Arena;

/** Sets the inputs of a VM's interrupt controller, without allocating. The VM's lock is held for all of it. */
final class IrqLine {
    private final KvmIrqLevel argument = KvmIrqLevel.allocate(Arena.ofAuto());

    void set(KvmVmIoctls ioctls, int line, boolean isHigh) {
        argument.irq(line).level(isHigh ? 1 : 0);
        try {
            ioctls.irqLine(argument);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENXIO
                    ? new IllegalStateException("the VM has no interrupt controller in the kernel", e)
                    : e;
        }
    }
}
