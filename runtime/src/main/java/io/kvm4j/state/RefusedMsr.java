package io.kvm4j.state;

/**
 * An MSR that has another value than the state, and that KVM does not let have that of the state.
 *
 * @param index its number
 * @param saved the value of the state
 * @param present the value that it has now; 0 if it cannot be read
 */
public record RefusedMsr(int index, long saved, long present) {
    /** The MSR with both values, for people. */
    @Override
    public String toString() {
        return "MSR 0x%x does not take 0x%x, it has 0x%x".formatted(index, saved, present);
    }
}
