package io.kvm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kvm4j.uapi.x86_64.KvmCpuid2;
import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What depends on the vCPU's CPUID, which KVMs enforce in different degrees. */
class SregsCheckTest {
    private static final long PAGING = 0x8000_0011L;

    /** SMEP and SMAP, long mode, 40 bits of physical addresses. */
    private final KvmCpuid2 cpuid = KvmCpuid2.allocate(Arena.ofAuto(), 3);

    SregsCheckTest() {
        cpuid.entry(0).function(7).ebx(1 << 7 | 1 << 20);
        cpuid.entry(1).function(0x80000001).edx(1 << 29);
        cpuid.entry(2).function(0x80000008).eax(40);
    }

    private String explain(long cr3, long cr4, long efer, long apicBase) {
        return SregsCheck.explain(new SregsCheck.Values(PAGING, cr3, cr4, efer, apicBase, true), cpuid);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x100000 | 'cr4.smep (bit 20) is set, but the vCPU''s CPUID lacks 7:ebx[7]' | false",
                "0x10000000 | 'cr4.lam_sup (bit 28) is set, but the vCPU''s CPUID lacks 7.1:eax[26]' | true",
                "0x40020 | 'cr4.osxsave (bit 18) is set, but the vCPU''s CPUID lacks 1:ecx[26]' | true",
                "0x80000020 | 'cr4 bit 31 is reserved' | true",
            })
    void aBitOfCr4ThatTheCpuidLacksIsNamed(String cr4, String expected, boolean hasFeatures) {
        if (!hasFeatures) {
            cpuid.entry(0).ebx(0);
        }
        assertEquals(expected, explain(0, Long.decode(cr4) | 0x20, 0x500, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x20000000000 | 0x500 | 0 | 'cr3 (0x20000000000) is above the vCPU''s 40 bits of physical addresses'",
                "0 | 0x502 | 0 | 'efer has reserved bits (0x2)'",
                "0 | 0x500 | 0xfee00200 | 'apic_base has reserved bits (0x200)'",
                "0 | 0x500 | 0x100fee00800 | 'apic_base (0x100fee00800) is above the vCPU''s 40 bits of physical addresses'",
                "0 | 0x500 | 0xfee00c00 | 'apic_base enables x2APIC, but the vCPU''s CPUID lacks it (1:ecx[21])'",
            })
    void addressesAndReservedBitsAreNamed(String cr3, String efer, String apicBase, String expected) {
        assertEquals(expected, explain(Long.decode(cr3), 0x20, Long.decode(efer), Long.decode(apicBase)));
    }
}
