package io.kvm4j.cpuid;

import io.kvm4j.uapi.x86_64.KvmCpuid2;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table of CPUID answers: what a host's KVM supports, or what a guest is to see. Immutable; two tables are equal if their
 * leaves are.
 *
 * @param leaves the answers, in the order of KVM's table
 */
public record Cpuid(List<CpuidLeaf> leaves) {
    /** The leaf whose EAX is the highest basic leaf, and whose other registers spell the vendor. */
    static final int VENDOR = 0;

    /** Copies the leaves. */
    public Cpuid {
        leaves = List.copyOf(leaves);
    }

    private static final CpuidLeaf EMPTY = new CpuidLeaf(0, 0, false, 0, 0, 0, 0);

    /** Copies KVM's table, {@code struct kvm_cpuid2}, without the empty entries that Linux 6.1 leaves at its end. */
    public static Cpuid of(KvmCpuid2 struct) {
        List<CpuidLeaf> leaves = new ArrayList<>();
        for (int i = 0; i < struct.nent(); i++) {
            leaves.add(CpuidLeaf.of(struct.entry(i)));
        }
        while (!leaves.isEmpty() && leaves.getLast().equals(EMPTY)) {
            leaves.removeLast();
        }
        return new Cpuid(leaves);
    }

    /** Writes the table as KVM's struct, for {@code KVM_SET_CPUID2}. */
    public KvmCpuid2 toStruct(SegmentAllocator allocator) {
        KvmCpuid2 struct = KvmCpuid2.allocate(allocator, leaves.size());
        for (int i = 0; i < leaves.size(); i++) {
            leaves.get(i).writeTo(struct.entry(i));
        }
        return struct;
    }

    /** Finds the answer for a leaf and subleaf. */
    public Optional<CpuidLeaf> find(int function, int index) {
        return leaves.stream().filter(leaf -> leaf.answers(function, index)).findFirst();
    }

    /** Returns one register of an answer, 0 where the table has none. */
    public int get(int function, int index, CpuidRegister register) {
        return find(function, index).map(leaf -> leaf.get(register)).orElse(0);
    }

    /** Returns whether the table has a feature. */
    public boolean has(CpuidFeature feature) {
        return (get(feature.function(), feature.index(), feature.register()) & feature.mask()) != 0;
    }

    /**
     * Returns what all hosts support, for {@link CpuidPolicy#template}: the features that each of them has, the lowest of
     * their limits and sizes, and the name and model of the first.
     *
     * @param hosts what KVM supports on each host
     * @throws IllegalArgumentException if there is no host, or their processors are of different vendors
     */
    public static Cpuid intersection(List<Cpuid> hosts) {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("the intersection of no hosts: name one at least");
        }
        return hosts.stream().reduce(CpuidIntersection::of).orElseThrow();
    }

    /** Returns whether the processor is AMD's or one that describes its topology as AMD's do. */
    boolean isAmd() {
        int start = get(VENDOR, 0, CpuidRegister.EBX);
        return start == 0x6874_7541 || start == 0x6f67_7948;
    }

    /** Returns the leaves, a line for each. */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        leaves.forEach(leaf -> lines.append(leaf).append('\n'));
        return lines.toString();
    }
}
