package io.kvm4j.uapi.x86_64;

import java.util.Optional;

/** Finds leaves in what {@link X86SystemIoctls#getSupportedCpuid} and {@link X86VcpuIoctls#getCpuid2} return. */
public final class CpuidEntries {
    private CpuidEntries() {}

    /**
     * Finds the entry that answers the CPUID instruction for a leaf and subleaf. An entry without {@code
     * KVM_CPUID_FLAG_SIGNIFCANT_INDEX} answers for every subleaf.
     *
     * @param function the leaf, the guest's EAX
     * @param index the subleaf, the guest's ECX
     * @return a view of the entry, of its own, that changes what {@code cpuid} holds
     */
    public static Optional<KvmCpuidEntry2> find(KvmCpuid2 cpuid, int function, int index) {
        for (int i = 0; i < cpuid.nent(); i++) {
            KvmCpuidEntry2 entry = cpuid.entry(i);
            if (entry.function() == function && (!hasIndex(entry) || entry.index() == index)) {
                long size = KvmCpuidEntry2.LAYOUT.byteSize();
                return Optional.of(KvmCpuidEntry2.of(cpuid.entry().asSlice(i * size, size)));
            }
        }
        return Optional.empty();
    }

    private static boolean hasIndex(KvmCpuidEntry2 entry) {
        return (entry.flags() & X86Constants.KVM_CPUID_FLAG_SIGNIFCANT_INDEX) != 0;
    }
}
