package io.kvm4j;

import io.kvm4j.cpuid.Cpuid;
import io.kvm4j.uapi.x86_64.KvmMsrList;
import io.kvm4j.uapi.x86_64.X86SystemIoctls;
import java.lang.foreign.Arena;

/**
 * What the hardware and KVM support of x86_64.
 *
 * @param cpuid what a guest's CPUID instruction may answer
 * @param msrs the MSRs that a guest can have, and that are part of its state
 */
record X86Support(Cpuid cpuid, KvmMsrList msrs) {
    /** Asks {@code /dev/kvm}. */
    static X86Support of(int fd) {
        X86SystemIoctls ioctls = X86SystemIoctls.of(fd);
        Arena arena = Arena.ofAuto();
        return new X86Support(Cpuid.of(ioctls.getSupportedCpuid(arena)), ioctls.getMsrIndexList(arena));
    }
}
