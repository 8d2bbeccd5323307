package io.kvm4j.cpuid;

import static io.kvm4j.cpuid.CpuidRegister.EAX;
import static io.kvm4j.cpuid.CpuidRegister.EBX;
import static io.kvm4j.cpuid.CpuidRegister.ECX;
import static io.kvm4j.cpuid.CpuidRegister.EDX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuidPolicyTest {
    private static final Topology TWO_CORES_OF_TWO_THREADS = new Topology(2, 2, 2);
    private static final int AVX512F = 1 << 16;

    /** What KVM answers on an Intel host when processor 5, of 8 in a socket, asks. */
    private static final Cpuid INTEL = table(
            leaf(0, 0, false, 0x1f, 0x756e_6547, 0x6c65_746e, 0x4965_6e69),
            leaf(1, 0, false, 0x5_0657, 0x0510_0800, 0x0020_2000 | 1 << 27, 0x0f8b_fbff),
            leaf(4, 0, true, 0x1c00_4121, 0x01c0_003f, 0x3f, 0),
            leaf(4, 3, true, 0x1c03_c163, 0x0280_003f, 0xcfff, 5),
            leaf(4, 4, true, 0, 0, 0, 0),
            leaf(7, 0, true, 1, AVX512F | 0x20, 1 << 4, 0),
            leaf(7, 1, true, 1 << 5, 0, 0, 0),
            leaf(0xb, 0, true, 1, 2, 0x100, 5),
            leaf(0xb, 1, true, 4, 8, 0x201, 5),
            leaf(0xd, 0, true, 0x2e7, 0xa88, 0xa88, 0),
            leaf(0xd, 1, true, 7, 0, 0, 0),
            leaf(0xd, 2, true, 0x100, 0x240, 0, 0),
            leaf(0xd, 5, true, 0x40, 0x440, 0, 0),
            leaf(0xd, 6, true, 0x200, 0x480, 0, 0),
            leaf(0xd, 7, true, 0x400, 0x680, 0, 0),
            leaf(0xd, 9, true, 8, 0xa80, 0, 0),
            leaf(0x1f, 0, true, 1, 2, 0x100, 5),
            leaf(0x1f, 1, true, 4, 8, 0x201, 5),
            leaf(0x1f, 2, true, 5, 16, 0x502, 5),
            leaf(0x8000_0000, 0, false, 0x8000_0008, 0, 0, 0),
            leaf(0x8000_0008, 0, false, 0x302e, 0, 0, 0),
            leaf(0x4000_0001, 0, false, 0x0100_7efb, 0, 0, 0));

    /** The same of an AMD host. */
    private static final Cpuid AMD = table(
            leaf(0, 0, false, 0x10, 0x6874_7541, 0x444d_4163, 0x6974_6e65),
            leaf(1, 0, false, 0x80_0f12, 0x0310_0800, 0x0020_2000, 0x078b_fbff),
            leaf(0xb, 0, true, 1, 2, 0x100, 3),
            leaf(0xb, 1, true, 4, 16, 0x201, 3),
            leaf(0x8000_0001, 0, false, 0x80_0f12, 0, 0x0040_0002, 0x2010_0800),
            leaf(0x8000_0008, 0, false, 0x3030, 0, 0x400f, 0),
            leaf(0x8000_001d, 0, true, 0x4121, 0x01c0_003f, 0x3f, 0),
            leaf(0x8000_001d, 3, true, 0x1c163, 0x03c0_003f, 0x1fff, 1),
            leaf(0x8000_001e, 0, false, 3, 0x101, 0x300, 0));

    private static CpuidLeaf leaf(int function, int index, boolean indexed, int eax, int ebx, int ecx, int edx) {
        return new CpuidLeaf(function, index, indexed, eax, ebx, ecx, edx);
    }

    private static Cpuid table(CpuidLeaf... leaves) {
        return new Cpuid(List.of(leaves));
    }

    private static Cpuid made(CpuidPolicy policy, Cpuid supported, int vcpu) {
        return policy.apply(supported, new CpuidTarget(vcpu, true, true)).cpuid();
    }

    @Test
    void everyLeafThatNamesTheProcessorNamesTheVcpu() {
        for (int vcpu : new int[] {0, 1, 5, 200, 300}) {
            Cpuid cpuid = made(CpuidPolicy.standard(), INTEL, vcpu);
            assertEquals(vcpu & 0xff, cpuid.get(1, 0, EBX) >>> 24);
            for (CpuidLeaf leaf : cpuid.leaves()) {
                if (leaf.function() == 0xb || leaf.function() == 0x1f) {
                    assertEquals(vcpu, leaf.edx(), leaf::toString);
                }
            }
            assertEquals(vcpu, made(CpuidPolicy.standard(), AMD, vcpu).get(0x8000_001e, 0, EAX));
        }
    }

    @Test
    void theTableDoesNotDependOnTheProcessorThatAsked() {
        List<CpuidLeaf> leaves = new ArrayList<>(INTEL.leaves());
        leaves.replaceAll(leaf -> switch (leaf.function()) {
            case 1 -> leaf.with(EBX, 0x0210_0800);
            case 0xb, 0x1f -> leaf.with(EDX, 2);
            default -> leaf;
        });
        assertEquals(made(CpuidPolicy.standard(), INTEL, 3), made(CpuidPolicy.standard(), new Cpuid(leaves), 3));
    }

    @Test
    void aVcpuIsASocketOfItsOwnUnlessToldOtherwise() {
        Cpuid cpuid = made(CpuidPolicy.standard(), INTEL, 6);
        assertEquals(1, cpuid.get(1, 0, EBX) >>> 16 & 0xff);
        assertFalse(cpuid.has(CpuidFeature.named("ht")));
        assertEquals(0x121, cpuid.get(4, 0, EAX));
        assertEquals(0x163, cpuid.get(4, 3, EAX));
        assertEquals(leaf(0xb, 0, true, 0, 1, 0x100, 6), cpuid.find(0xb, 0).orElseThrow());
        assertEquals(leaf(0xb, 1, true, 0, 1, 0x201, 6), cpuid.find(0xb, 1).orElseThrow());
        assertTrue(cpuid.find(0x1f, 2).isEmpty());
    }

    @Test
    void theTopologyIsInEveryLeafOfIntel() {
        CpuidPolicy policy = CpuidPolicy.standard().topology(TWO_CORES_OF_TWO_THREADS);
        Cpuid cpuid = made(policy, INTEL, 7);
        assertEquals(7 << 24 | 4 << 16 | 0x800, cpuid.get(1, 0, EBX));
        assertTrue(cpuid.has(CpuidFeature.named("ht")));
        assertEquals(1 << 26 | 1 << 14 | 0x121, cpuid.get(4, 0, EAX));
        assertEquals(1 << 26 | 3 << 14 | 0x163, cpuid.get(4, 3, EAX));
        for (int function : new int[] {0xb, 0x1f}) {
            assertEquals(
                    leaf(function, 0, true, 1, 2, 0x100, 7),
                    cpuid.find(function, 0).orElseThrow());
            assertEquals(
                    leaf(function, 1, true, 2, 4, 0x201, 7),
                    cpuid.find(function, 1).orElseThrow());
        }
    }

    @Test
    void theTopologyIsInEveryLeafOfAmd() {
        CpuidPolicy policy = CpuidPolicy.standard().topology(TWO_CORES_OF_TWO_THREADS);
        Cpuid cpuid = made(policy, AMD, 7);
        assertEquals(
                leaf(0x8000_001e, 0, false, 7, 0x101, 1, 0),
                cpuid.find(0x8000_001e, 0).orElseThrow());
        assertEquals(2 << 12 | 3, cpuid.get(0x8000_0008, 0, ECX));
        assertEquals(1 << 14 | 0x121, cpuid.get(0x8000_001d, 0, EAX));
        assertEquals(3 << 14 | 0x163, cpuid.get(0x8000_001d, 3, EAX));
        assertTrue(cpuid.has(CpuidFeature.named("cmp_legacy")));
        assertFalse(made(CpuidPolicy.standard(), AMD, 7).has(CpuidFeature.named("cmp_legacy")));
    }

    @Test
    void idsSkipWhereACountIsNoPowerOfTwo() {
        Topology threes = new Topology(2, 3, 1);
        List<Integer> ids = new ArrayList<>();
        for (int n = 0; n < threes.vcpus(); n++) {
            ids.add(threes.vcpuId(n));
        }
        assertEquals(List.of(0, 1, 2, 4, 5, 6), ids);
        CpuidPolicy policy = CpuidPolicy.standard().topology(threes);
        ids.forEach(id -> made(policy, INTEL, id));
        for (int absent : new int[] {3, 7, 8, -1}) {
            assertThrows(IllegalArgumentException.class, () -> made(policy, INTEL, absent));
        }
        assertThrows(IllegalArgumentException.class, () -> new Topology(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Topology(1, 1 << 15, 4));
    }

    @Test
    void theDeadlineTimerNeedsTheCapabilityAndTheApic() {
        CpuidFeature timer = CpuidFeature.named("tsc_deadline_timer");
        CpuidFeature x2apic = CpuidFeature.named("x2apic");
        CpuidPolicy policy = CpuidPolicy.standard();
        assertTrue(policy.apply(INTEL, new CpuidTarget(0, true, true)).cpuid().has(timer));
        assertTrue(policy.apply(INTEL, new CpuidTarget(0, true, true)).cpuid().has(x2apic));
        assertFalse(policy.apply(INTEL, new CpuidTarget(0, true, false)).cpuid().has(timer));
        assertFalse(policy.apply(INTEL, new CpuidTarget(0, false, true)).cpuid().has(timer));
        assertFalse(policy.apply(INTEL, new CpuidTarget(0, false, true)).cpuid().has(x2apic));
    }

    @Test
    void theHypervisorIsAnnouncedAndTheStateOfTheMomentIsNot() {
        Cpuid cpuid = made(CpuidPolicy.standard(), INTEL, 0);
        assertTrue(cpuid.has(CpuidFeature.named("hypervisor")));
        assertFalse(cpuid.has(CpuidFeature.named("osxsave")));
        assertFalse(cpuid.has(CpuidFeature.named("ospke")));
    }

    @Test
    void featuresAreMaskedAndAdded() {
        CpuidPolicy policy = CpuidPolicy.standard()
                .without("kvm_feature_pv_eoi", "avx2")
                .with(CpuidFeature.of(0x8000_0007, 0, EDX, 8))
                .with(0x15, 0, EBX, 0xff, 0x42);
        Cpuid cpuid = made(policy, INTEL, 0);
        assertEquals(0x0100_7efb & ~0x40, cpuid.get(0x4000_0001, 0, EAX));
        assertEquals(AVX512F, cpuid.get(7, 0, EBX));
        assertTrue(cpuid.has(CpuidFeature.named("invtsc")));
        assertEquals(0x42, cpuid.get(0x15, 0, EBX));
        assertTrue(made(CpuidPolicy.standard(), INTEL, 0).has(CpuidFeature.named("KVM_FEATURE_PV_EOI")));
        assertThrows(IllegalArgumentException.class, () -> policy.without("avx3"));
    }

    @Test
    void eachChangeIsInTheTable() {
        CpuidResult result = CpuidPolicy.standard().without("avx2").apply(INTEL, new CpuidTarget(2, true, true));
        List<CpuidLeaf> leaves = new ArrayList<>(INTEL.leaves());
        for (CpuidChange change : result.changes()) {
            leaves.replaceAll(leaf -> {
                if (leaf.function() != change.function() || leaf.index() != change.index()) {
                    return leaf;
                }
                assertEquals(leaf.get(change.register()), change.before(), change::toString);
                return leaf.with(change.register(), change.after());
            });
        }
        leaves.removeIf(leaf -> leaf.function() == 0x1f && leaf.index() == 2 && leaf.ecx() == 0);
        assertEquals(result.cpuid(), new Cpuid(leaves));
        assertTrue(
                result.toString().contains("0x00000007       0  EBX       00010020  00010000  without avx2\n"),
                result::toString);
    }

    @Test
    void hostsAreLeveledToWhatTheyHaveInCommon() {
        List<CpuidLeaf> older = new ArrayList<>(INTEL.leaves());
        older.removeIf(leaf -> leaf.function() == 7 && leaf.index() == 1);
        older.removeIf(leaf -> leaf.function() == 0xd && leaf.index() > 2);
        older.replaceAll(leaf -> switch (leaf.function()) {
            case 0 -> leaf.with(EAX, 0xd);
            case 1 -> leaf.with(EAX, 0x4_0657);
            case 7 -> leaf.with(EAX, 0).with(EBX, 0x20 | 1 << 9);
            case 0xd -> leaf.index() == 0 ? leaf.with(EAX, 7).with(ECX, 0x340) : leaf;
            case 0x8000_0008 -> leaf.with(EAX, 0x2f27);
            default -> leaf;
        });
        Cpuid old = new Cpuid(older);
        Cpuid template = Cpuid.intersection(List.of(INTEL, old));
        CpuidPolicy policy = CpuidPolicy.standard().template(template);

        Cpuid onNew = made(policy, INTEL, 1);
        assertEquals(onNew, made(policy, old, 1));
        assertEquals(0xd, onNew.get(0, 0, EAX));
        assertEquals(0x5_0657, onNew.get(1, 0, EAX));
        assertEquals(0x20, onNew.get(7, 0, EBX));
        assertEquals(0, onNew.get(7, 0, EAX));
        assertEquals(7, onNew.get(0xd, 0, EAX));
        assertEquals(0x340, onNew.get(0xd, 0, ECX));
        assertTrue(onNew.find(0xd, 5).isEmpty());
        assertEquals(0x2f27, onNew.get(0x8000_0008, 0, EAX));
        assertEquals(template, Cpuid.intersection(List.of(template, old, INTEL)));
    }

    @Test
    void aHostThatLacksWhatTheTemplateHasIsRefused() {
        List<CpuidLeaf> leaves = new ArrayList<>(INTEL.leaves());
        leaves.replaceAll(leaf -> leaf.function() == 7 && leaf.index() == 0 ? leaf.with(EBX, 0x20) : leaf);
        CpuidPolicy policy = CpuidPolicy.standard().template(INTEL);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> made(policy, new Cpuid(leaves), 0));
        assertEquals(
                "this host lacks what the template has: avx512f; make the template an intersection of all hosts",
                e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Cpuid.intersection(List.of(INTEL, AMD)));
        assertThrows(IllegalArgumentException.class, () -> Cpuid.intersection(List.of()));
    }
}
