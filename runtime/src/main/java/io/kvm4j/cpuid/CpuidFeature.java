package io.kvm4j.cpuid;

import java.util.Locale;

/**
 * A bit by which CPUID tells a feature.
 *
 * @param name as in Linux's {@code /proc/cpuinfo}, or {@code KVM_FEATURE_…}
 * @param function the leaf
 * @param index the subleaf
 * @param register the register
 * @param bit the bit, from 0 to 31
 */
public record CpuidFeature(String name, int function, int index, CpuidRegister register, int bit) {
    /** Checks the bit. */
    public CpuidFeature {
        if (bit < 0 || bit >= Integer.SIZE) {
            throw new IllegalArgumentException("bit %d of a register: there are bits 0 to 31".formatted(bit));
        }
    }

    /**
     * Returns the feature of a name.
     *
     * @param name as in Linux's {@code /proc/cpuinfo}, such as {@code avx2}, or a {@code KVM_FEATURE_…} of the kernel's
     *     asm/kvm_para.h; upper and lower case are alike
     * @throws IllegalArgumentException if there is none
     */
    public static CpuidFeature named(String name) {
        CpuidFeature feature = CpuidFeatureNames.BY_NAME.get(name.toLowerCase(Locale.ROOT));
        if (feature == null) {
            throw new IllegalArgumentException(
                    "no CPUID feature is known as \"%s\": use a name of /proc/cpuinfo, a KVM_FEATURE_ macro, or leaf, register and bit"
                            .formatted(name));
        }
        return feature;
    }

    /** Returns a feature by its place, with its name if that is known. */
    public static CpuidFeature of(int function, int index, CpuidRegister register, int bit) {
        CpuidFeature nameless = new CpuidFeature(
                "0x%x.%d:%s[%d]".formatted(function, index, register, bit), function, index, register, bit);
        return CpuidFeatureNames.BY_NAME.values().stream()
                .filter(nameless::isAt)
                .findFirst()
                .orElse(nameless);
    }

    private boolean isAt(CpuidFeature other) {
        return function == other.function && index == other.index && register == other.register && bit == other.bit;
    }

    /** Returns the register's value with this bit alone. */
    public int mask() {
        return 1 << bit;
    }

    @Override
    public String toString() {
        return name;
    }
}
