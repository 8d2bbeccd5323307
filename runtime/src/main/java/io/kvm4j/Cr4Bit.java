package io.kvm4j;

import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmCpuidEntry2;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The bits of CR4 that a guest of KVM can have, and the CPUID feature that each needs. */
enum Cr4Bit {
    VME(0),
    PVI(1),
    TSD(2),
    DE(3),
    PSE(4),
    PAE(5),
    MCE(6),
    PGE(7),
    PCE(8),
    OSFXSR(9),
    OSXMMEXCPT(10),
    UMIP(11, 7, Register.ECX, 2),
    LA57(12, 7, Register.ECX, 16),
    VMXE(13, 1, Register.ECX, 5),
    FSGSBASE(16, 7, Register.EBX, 0),
    PCIDE(17, 1, Register.ECX, 17),
    OSXSAVE(18, 1, Register.ECX, 26),
    SMEP(20, 7, Register.EBX, 7),
    SMAP(21, 7, Register.EBX, 20),
    PKE(22, 7, Register.ECX, 3),
    CET(23, 7, Register.ECX, 7),
    LAM_SUP(28, 7, 1, Register.EAX, 26);

    /** A register that CPUID answers in. */
    enum Register {
        EAX,
        EBX,
        ECX,
        EDX
    }

    private final int bit;
    private final int leaf;
    private final int subleaf;
    private final @Nullable Register register;
    private final int featureBit;

    Cr4Bit(int bit) {
        this(bit, 0, 0, null, 0);
    }

    Cr4Bit(int bit, int leaf, Register register, int featureBit) {
        this(bit, leaf, 0, register, featureBit);
    }

    Cr4Bit(int bit, int leaf, int subleaf, @Nullable Register register, int featureBit) {
        this.bit = bit;
        this.leaf = leaf;
        this.subleaf = subleaf;
        this.register = register;
        this.featureBit = featureBit;
    }

    static @Nullable Cr4Bit of(int bit) {
        for (Cr4Bit each : values()) {
            if (each.bit == bit) {
                return each;
            }
        }
        return null;
    }

    String cName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The feature that it needs, as manuals write it. */
    String feature() {
        return register == null
                ? "nothing"
                : "%x%s:%s[%d]"
                        .formatted(
                                leaf,
                                subleaf == 0 ? "" : "." + subleaf,
                                register.name().toLowerCase(Locale.ROOT),
                                featureBit);
    }

    /** Whether a CPUID has the feature that it needs. */
    boolean isIn(KvmCpuid2 cpuid) {
        return register == null || (value(cpuid, leaf, subleaf, register) >>> featureBit & 1) != 0;
    }

    static boolean has(KvmCpuid2 cpuid, int leaf, Register register, int bit) {
        return (value(cpuid, leaf, register) >>> bit & 1) != 0;
    }

    /** What a CPUID answers, 0 where it has no answer. */
    static int value(KvmCpuid2 cpuid, int leaf, Register register) {
        return value(cpuid, leaf, 0, register);
    }

    private static int value(KvmCpuid2 cpuid, int leaf, int subleaf, Register register) {
        for (int i = 0; i < cpuid.nent(); i++) {
            KvmCpuidEntry2 entry = cpuid.entry(i);
            if (entry.function() == leaf && entry.index() == subleaf) {
                return switch (register) {
                    case EAX -> entry.eax();
                    case EBX -> entry.ebx();
                    case ECX -> entry.ecx();
                    case EDX -> entry.edx();
                };
            }
        }
        return 0;
    }
}
