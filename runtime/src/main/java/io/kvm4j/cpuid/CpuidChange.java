package io.kvm4j.cpuid;

/**
 * What a {@link CpuidPolicy} changed in one register.
 *
 * @param function the leaf
 * @param index the subleaf
 * @param register the register
 * @param before the value that was there, 0 if there was no such leaf
 * @param after the value that is there now, 0 if the leaf was removed
 * @param reason why, for people
 */
public record CpuidChange(int function, int index, CpuidRegister register, int before, int after, String reason) {
    /** Returns the change as a row of the table that {@link CpuidResult#toString} prints. */
    @Override
    public String toString() {
        return "0x%08x  %6d  %s       %08x  %08x  %s".formatted(function, index, register, before, after, reason);
    }
}
