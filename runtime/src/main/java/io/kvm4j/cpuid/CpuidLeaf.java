package io.kvm4j.cpuid;

import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import io.kvm4j.uapi.x86_64.X86Constants;

/**
 * One answer of the CPUID instruction: {@code struct kvm_cpuid_entry2}.
 *
 * @param function the leaf, the guest's EAX
 * @param index the subleaf, the guest's ECX
 * @param indexed whether the subleaf matters ({@code KVM_CPUID_FLAG_SIGNIFCANT_INDEX}); if not, the leaf answers for all
 * @param eax the answer in EAX
 * @param ebx the answer in EBX
 * @param ecx the answer in ECX
 * @param edx the answer in EDX
 */
public record CpuidLeaf(int function, int index, boolean indexed, int eax, int ebx, int ecx, int edx) {
    static CpuidLeaf of(KvmCpuidEntry2 entry) {
        boolean indexed = (entry.flags() & X86Constants.KVM_CPUID_FLAG_SIGNIFCANT_INDEX) != 0;
        return new CpuidLeaf(
                entry.function(), entry.index(), indexed, entry.eax(), entry.ebx(), entry.ecx(), entry.edx());
    }

    void writeTo(KvmCpuidEntry2 entry) {
        entry.function(function)
                .index(index)
                .flags(indexed ? X86Constants.KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0)
                .eax(eax)
                .ebx(ebx)
                .ecx(ecx)
                .edx(edx);
    }

    /** Returns whether this answers for a leaf and subleaf. */
    public boolean answers(int wantedFunction, int wantedIndex) {
        return function == wantedFunction && (!indexed || index == wantedIndex);
    }

    /** Returns the answer in a register. */
    public int get(CpuidRegister register) {
        return switch (register) {
            case EAX -> eax;
            case EBX -> ebx;
            case ECX -> ecx;
            case EDX -> edx;
        };
    }

    /** Returns a copy with another answer in a register. */
    public CpuidLeaf with(CpuidRegister register, int value) {
        return switch (register) {
            case EAX -> new CpuidLeaf(function, index, indexed, value, ebx, ecx, edx);
            case EBX -> new CpuidLeaf(function, index, indexed, eax, value, ecx, edx);
            case ECX -> new CpuidLeaf(function, index, indexed, eax, ebx, value, edx);
            case EDX -> new CpuidLeaf(function, index, indexed, eax, ebx, ecx, value);
        };
    }

    /** Returns the leaf as one line of a table. */
    @Override
    public String toString() {
        return "0x%08x.%d: %08x %08x %08x %08x".formatted(function, index, eax, ebx, ecx, edx);
    }
}
