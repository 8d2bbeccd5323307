package io.kvm4j.cpuid;

import java.util.List;

/**
 * What a {@link CpuidPolicy} made for a vCPU.
 *
 * @param cpuid what the guest's CPUID instruction answers
 * @param changes how that differs from what KVM supports, in the order in which it was changed
 */
public record CpuidResult(Cpuid cpuid, List<CpuidChange> changes) {
    /** Copies the changes. */
    public CpuidResult {
        changes = List.copyOf(changes);
    }

    /** Returns the changes as a table with a heading, a line for each. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("leaf        subleaf  register  before    after     reason\n");
        changes.forEach(change -> table.append(change).append('\n'));
        return table.toString();
    }
}
