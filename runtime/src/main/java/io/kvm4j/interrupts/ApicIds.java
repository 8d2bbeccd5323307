package io.kvm4j.interrupts;

import io.kvm4j.Vm;
import io.kvm4j.uapi.Errno;
import io.kvm4j.uapi.ErrnoException;
import io.kvm4j.uapi.KvmMsi;
import io.kvm4j.uapi.x86_64.X86VmIoctls;
import java.lang.foreign.Arena;

/**
 * APIC ids above 255 in the addresses of messages to x86 processors. Unless KVM_CAP_X2APIC_API is on, KVM ignores the upper
 * half of the address, and the message interrupts another processor.
 */
final class ApicIds {
    /** An address for messages to no processor: logical destination 0, with a bit set that KVM refuses if it reads it. */
    private static final int NO_PROCESSOR = 0xfee00004;

    private static final int RESERVED_BIT = 1;

    /** Any vector that a message may have. */
    private static final int VECTOR = 0x20;

    private ApicIds() {}

    /**
     * Sees to it that KVM reads the whole address of a message.
     *
     * @throws IllegalStateException if it reads only the lower half, and the upper one matters
     */
    static void requireReachable(Msi msi, Vm vm) {
        if (msi.address() >>> Integer.SIZE == 0 || !(vm.ioctls() instanceof X86VmIoctls) || readsUpperHalf(vm)) {
            return;
        }
        throw new IllegalStateException(
                "%s is for an APIC id above 255, and KVM would interrupt another processor: call vm.x86().use32BitApicIds() first"
                        .formatted(msi));
    }

    /** Sends a message to no processor that KVM refuses if it looks at the upper half, for there is no way to ask. */
    private static boolean readsUpperHalf(Vm vm) {
        try (Arena call = Arena.ofConfined()) {
            KvmMsi probe = KvmMsi.allocate(call)
                    .addressLo(NO_PROCESSOR)
                    .addressHi(RESERVED_BIT)
                    .data(VECTOR);
            vm.ask(ioctls -> ioctls.signalMsi(probe));
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.EINVAL;
        }
    }
}
