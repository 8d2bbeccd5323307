package io.kvm4j.cpuid;

import static io.kvm4j.cpuid.CpuidRegister.EAX;
import static io.kvm4j.cpuid.CpuidRegister.EBX;
import static io.kvm4j.cpuid.CpuidRegister.ECX;
import static io.kvm4j.cpuid.CpuidRegister.EDX;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What two hosts have in common: the features of both, the lower of their limits, and what names the processor from the
 * first. A leaf that only one has is left out. The result with either host again is the result.
 */
final class CpuidIntersection {
    private static final int XSAVE = 0xd;
    private static final int FIRST_COMPONENT = 2;
    private static final int LEGACY_XSAVE_SIZE = 512 + 64;

    private final Cpuid first;
    private final Cpuid second;

    private CpuidIntersection(Cpuid first, Cpuid second) {
        this.first = first;
        this.second = second;
    }

    static Cpuid of(Cpuid first, Cpuid second) {
        return new CpuidIntersection(first, second).intersection();
    }

    private Cpuid intersection() {
        requireSameVendor();
        List<CpuidLeaf> common = new ArrayList<>();
        for (CpuidLeaf leaf : first.leaves()) {
            Optional<CpuidLeaf> other = second.leaves().stream()
                    .filter(l -> l.function() == leaf.function() && l.index() == leaf.index())
                    .findFirst();
            other.ifPresent(o -> common.add(common(leaf, o)));
        }
        return withExtendedStates(new Cpuid(common));
    }

    private void requireSameVendor() {
        for (CpuidRegister register : List.of(EBX, ECX, EDX)) {
            if (first.get(Cpuid.VENDOR, 0, register) != second.get(Cpuid.VENDOR, 0, register)) {
                throw new IllegalArgumentException("the processors of these hosts are of different vendors:"
                        + " a guest can move only between processors of one vendor");
            }
        }
    }

    private static CpuidLeaf common(CpuidLeaf a, CpuidLeaf b) {
        return switch (a.function()) {
            case 0, 0x4000_0000, 0x8000_0000 -> a.with(EAX, lower(a, b, EAX));
            case 1, 0x8000_0001 -> a.with(ECX, both(a, b, ECX)).with(EDX, both(a, b, EDX));
            case 7 -> allBoth(a, b).with(EAX, a.index() == 0 ? lower(a, b, EAX) : both(a, b, EAX));
            case 0xa -> performanceCounters(a, b);
            case XSAVE -> a.index() >= FIRST_COMPONENT ? a : allBoth(a, b);
            case 6, 0x14, 0x4000_0001, 0x8000_0007, 0x8000_0021 -> allBoth(a, b);
            case 0x8000_0008 -> a.with(EAX, lowerBytes(a.eax(), b.eax())).with(EBX, both(a, b, EBX));
            case 0x8000_000a ->
                a.with(EAX, lower(a, b, EAX)).with(EBX, lower(a, b, EBX)).with(EDX, both(a, b, EDX));
            default -> a;
        };
    }

    private static CpuidLeaf allBoth(CpuidLeaf a, CpuidLeaf b) {
        CpuidLeaf result = a;
        for (CpuidRegister register : CpuidRegister.values()) {
            result = result.with(register, both(a, b, register));
        }
        return result;
    }

    private static int both(CpuidLeaf a, CpuidLeaf b, CpuidRegister register) {
        return a.get(register) & b.get(register);
    }

    private static int lower(CpuidLeaf a, CpuidLeaf b, CpuidRegister register) {
        return Integer.compareUnsigned(a.get(register), b.get(register)) <= 0 ? a.get(register) : b.get(register);
    }

    /** Version and numbers in bytes of EAX, what is missing in EBX, and five and eight bits of EDX. */
    private static CpuidLeaf performanceCounters(CpuidLeaf a, CpuidLeaf b) {
        int fixed = Math.min(a.edx() & 0x1f, b.edx() & 0x1f) | Math.min(a.edx() & 0x1fe0, b.edx() & 0x1fe0);
        return a.with(EAX, lowerBytes(a.eax(), b.eax()))
                .with(EBX, a.ebx() | b.ebx())
                .with(ECX, both(a, b, ECX))
                .with(EDX, (a.edx() & ~0x1fff) | fixed);
    }

    private static int lowerBytes(int a, int b) {
        int result = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            result |= Math.min((a >>> shift) & 0xff, (b >>> shift) & 0xff) << shift;
        }
        return result;
    }

    /** Leaves out the components of XSAVE that only one host has or that differ, and computes the size that is left. */
    private Cpuid withExtendedStates(Cpuid common) {
        if (common.find(XSAVE, 0).isEmpty()) {
            return common;
        }
        long components = components(common);
        int size = LEGACY_XSAVE_SIZE;
        List<CpuidLeaf> leaves = new ArrayList<>();
        for (CpuidLeaf leaf : common.leaves()) {
            if (leaf.function() != XSAVE || leaf.index() < FIRST_COMPONENT || has(components, leaf.index())) {
                leaves.add(leaf);
            }
            if (leaf.function() == XSAVE && leaf.index() >= FIRST_COMPONENT && has(components, leaf.index())) {
                size = Math.max(size, leaf.ebx() + leaf.eax());
            }
        }
        int largest = size;
        leaves.replaceAll(leaf -> leaf.answers(XSAVE, 0)
                ? leaf.with(EAX, (int) components)
                        .with(EDX, (int) (components >>> Integer.SIZE))
                        .with(ECX, largest)
                : leaf);
        return new Cpuid(leaves);
    }

    private long components(Cpuid common) {
        long components =
                Integer.toUnsignedLong(common.get(XSAVE, 0, EAX)) | ((long) common.get(XSAVE, 0, EDX) << Integer.SIZE);
        for (int component = FIRST_COMPONENT; component < Long.SIZE; component++) {
            if (has(components, component) && !first.find(XSAVE, component).equals(second.find(XSAVE, component))) {
                components &= ~(1L << component);
            }
        }
        return components;
    }

    private static boolean has(long components, int component) {
        return component < Long.SIZE && ((components >>> component) & 1) != 0;
    }
}
