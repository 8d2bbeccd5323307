package io.kvm4j.cpuid;

import java.util.ArrayList;
import java.util.List;

/** A table that is being changed, and what was changed so far. For one thread. */
final class CpuidEdit {
    private final List<CpuidLeaf> leaves;
    private final List<CpuidChange> changes = new ArrayList<>();

    CpuidEdit(Cpuid start) {
        leaves = new ArrayList<>(start.leaves());
    }

    Cpuid table() {
        return new Cpuid(leaves);
    }

    CpuidResult result() {
        return new CpuidResult(table(), changes);
    }

    boolean has(int function) {
        return leaves.stream().anyMatch(leaf -> leaf.function() == function);
    }

    /** Sets some bits of a register, in every subleaf of that number; does nothing where the table has no such leaf. */
    void set(int function, int index, CpuidRegister register, int mask, int value, String reason) {
        for (int i = 0; i < leaves.size(); i++) {
            CpuidLeaf leaf = leaves.get(i);
            if (leaf.answers(function, index)) {
                replace(i, leaf.with(register, (leaf.get(register) & ~mask) | (value & mask)), reason);
            }
        }
    }

    void set(CpuidFeature feature, boolean present, String reason) {
        set(
                feature.function(),
                feature.index(),
                feature.register(),
                feature.mask(),
                present ? feature.mask() : 0,
                reason);
    }

    /** Replaces all subleaves of a leaf by others. */
    void replaceAll(int function, List<CpuidLeaf> others, String reason) {
        int at = leaves.size();
        for (int i = leaves.size() - 1; i >= 0; i--) {
            CpuidLeaf leaf = leaves.get(i);
            if (leaf.function() == function) {
                at = i;
                leaves.remove(i);
                CpuidLeaf successor = others.stream()
                        .filter(o -> o.index() == leaf.index())
                        .findFirst()
                        .orElseGet(() -> empty(leaf));
                record(leaf, successor, reason);
            }
        }
        leaves.addAll(at, others);
        for (CpuidLeaf other : others) {
            if (changes.stream().noneMatch(c -> isOf(c, other))) {
                record(empty(other), other, reason);
            }
        }
    }

    private static boolean isOf(CpuidChange change, CpuidLeaf leaf) {
        return change.function() == leaf.function() && change.index() == leaf.index();
    }

    /** Adds a leaf that answers 0, unless there is one. */
    void addMissing(int function, int index) {
        if (leaves.stream().noneMatch(leaf -> leaf.answers(function, index))) {
            leaves.add(new CpuidLeaf(function, index, index != 0 || has(function), 0, 0, 0, 0));
        }
    }

    /** Takes over another table, and notes each difference. */
    void become(Cpuid other, String reason) {
        for (CpuidLeaf leaf : List.copyOf(leaves)) {
            record(
                    leaf,
                    other.leaves().stream()
                            .filter(o -> isSame(o, leaf))
                            .findFirst()
                            .orElse(empty(leaf)),
                    reason);
        }
        for (CpuidLeaf leaf : other.leaves()) {
            if (leaves.stream().noneMatch(l -> isSame(l, leaf))) {
                record(empty(leaf), leaf, reason);
            }
        }
        leaves.clear();
        leaves.addAll(other.leaves());
    }

    private static boolean isSame(CpuidLeaf one, CpuidLeaf other) {
        return one.function() == other.function() && one.index() == other.index();
    }

    private static CpuidLeaf empty(CpuidLeaf leaf) {
        return new CpuidLeaf(leaf.function(), leaf.index(), leaf.indexed(), 0, 0, 0, 0);
    }

    private void replace(int at, CpuidLeaf changed, String reason) {
        record(leaves.set(at, changed), changed, reason);
    }

    private void record(CpuidLeaf before, CpuidLeaf after, String reason) {
        for (CpuidRegister register : CpuidRegister.values()) {
            if (before.get(register) != after.get(register)) {
                changes.add(new CpuidChange(
                        before.function(),
                        before.index(),
                        register,
                        before.get(register),
                        after.get(register),
                        reason));
            }
        }
    }
}
