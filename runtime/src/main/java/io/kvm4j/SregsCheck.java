package io.kvm4j;

import io.kvm4j.uapi.x86_64.KvmCpuid2;
import io.kvm4j.uapi.x86_64.KvmSegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what in a vCPU's special registers KVM refuses: its EINVAL does not say. It follows KVM's own checks
 * ({@code kvm_is_valid_sregs}) and the processor's manuals.
 */
final class SregsCheck {
    private static final long CR0_PE = 1;
    private static final long CR0_NW = 1L << 29;
    private static final long CR0_CD = 1L << 30;
    private static final long CR0_PG = 1L << 31;
    private static final long CR4_PAE = 1L << 5;
    private static final long EFER_LME = 1L << 8;
    private static final long EFER_LMA = 1L << 10;

    /** SCE, LME, LMA, NX, SVME, LMSLE, FFXSR, TCE and AIBRSE. */
    private static final long EFER_BITS = 0x20fd01;

    private static final long APIC_BASE_RESERVED = 0x2ff;
    private static final long APIC_BASE_X2APIC = 1L << 10;
    private static final long APIC_BASE_ENABLE = 1L << 11;
    /** Every processor of x86_64 has as many bits of physical addresses. */
    static final int LEAST_ADDRESS_BITS = 36;

    private final Values values;
    private final KvmCpuid2 cpuid;
    private final List<String> found = new ArrayList<>();

    /** The registers that KVM checks. */
    record Values(long cr0, long cr3, long cr4, long efer, long apicBase, boolean isCode64) {
        Values(long cr0, long cr3, long cr4, long efer, long apicBase, KvmSegment cs) {
            this(cr0, cr3, cr4, efer, apicBase, cs.l() != 0);
        }

        boolean isLongMode() {
            return (efer & EFER_LME) != 0 && (cr0 & CR0_PG) != 0;
        }
    }

    private SregsCheck(Values values, KvmCpuid2 cpuid) {
        this.values = values;
        this.cpuid = cpuid;
    }

    /** Says what is suspicious of registers that KVM has refused, given the vCPU's CPUID. */
    static String explain(Values values, KvmCpuid2 cpuid) {
        SregsCheck check = new SregsCheck(values, cpuid);
        check.cr0();
        check.cr4();
        check.mode();
        check.efer();
        check.apicBase();
        return check.found.isEmpty()
                ? "no register is wrong as far as can be seen from here: cr0=0x%x, cr3=0x%x, cr4=0x%x, efer=0x%x, apic_base=0x%x"
                        .formatted(values.cr0, values.cr3, values.cr4, values.efer, values.apicBase)
                : String.join(", and ", check.found);
    }

    private void cr0() {
        find(values.cr0 >>> 32 != 0, "cr0 has bits above bit 31 (0x%x)".formatted(values.cr0));
        find((values.cr0 & CR0_PG) != 0 && (values.cr0 & CR0_PE) == 0, "cr0.pg is set without cr0.pe");
        find((values.cr0 & CR0_NW) != 0 && (values.cr0 & CR0_CD) == 0, "cr0.nw is set without cr0.cd");
    }

    private void cr4() {
        for (long left = values.cr4; left != 0; left &= left - 1) {
            int bit = Long.numberOfTrailingZeros(left);
            Cr4Bit known = Cr4Bit.of(bit);
            if (known == null) {
                found.add("cr4 bit %d is reserved".formatted(bit));
            } else {
                find(
                        !known.isIn(cpuid),
                        "cr4.%s (bit %d) is set, but the vCPU's CPUID lacks %s"
                                .formatted(known.cName(), bit, known.feature()));
            }
        }
    }

    private void mode() {
        if (values.isLongMode()) {
            find((values.cr4 & CR4_PAE) == 0, "efer.lme and cr0.pg are set without cr4.pae");
            find((values.efer & EFER_LMA) == 0, "efer.lme and cr0.pg are set without efer.lma");
            find(
                    values.cr3 >>> addressBits() != 0,
                    "cr3 (0x%x) is above the vCPU's %d bits of physical addresses"
                            .formatted(values.cr3, addressBits()));
        } else {
            find((values.efer & EFER_LMA) != 0, "efer.lma is set without efer.lme and cr0.pg");
            find(values.isCode64, "cs.l is set without efer.lme and cr0.pg");
        }
    }

    private void efer() {
        long reserved = values.efer & ~EFER_BITS;
        find(reserved != 0, "efer has reserved bits (0x%x)".formatted(reserved));
        find(
                (values.efer & EFER_LME) != 0 && !Cr4Bit.has(cpuid, 0x80000001, Cr4Bit.Register.EDX, 29),
                "efer.lme is set, but the vCPU's CPUID lacks long mode (0x80000001:edx[29])");
    }

    private void apicBase() {
        long reserved = values.apicBase & APIC_BASE_RESERVED;
        find(reserved != 0, "apic_base has reserved bits (0x%x)".formatted(reserved));
        find(
                values.apicBase >>> addressBits() != 0,
                "apic_base (0x%x) is above the vCPU's %d bits of physical addresses"
                        .formatted(values.apicBase, addressBits()));
        boolean isX2apic = (values.apicBase & APIC_BASE_X2APIC) != 0;
        find(
                isX2apic && (values.apicBase & APIC_BASE_ENABLE) == 0,
                "apic_base enables x2APIC (bit 10) without the APIC (bit 11)");
        find(
                isX2apic && !Cr4Bit.has(cpuid, 1, Cr4Bit.Register.ECX, 21),
                "apic_base enables x2APIC, but the vCPU's CPUID lacks it (1:ecx[21])");
    }

    private int addressBits() {
        int bits = Cr4Bit.value(cpuid, 0x80000008, Cr4Bit.Register.EAX) & 0xff;
        return bits == 0 ? LEAST_ADDRESS_BITS : bits;
    }

    private void find(boolean isWrong, String what) {
        if (isWrong) {
            found.add(what);
        }
    }
}
