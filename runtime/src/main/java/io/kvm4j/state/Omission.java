package io.kvm4j.state;

/**
 * Something that a state lacks.
 *
 * @param part the C name of a struct, or an MSR
 * @param reason why it could not be saved
 */
public record Omission(String part, String reason) {
    /** What is missing and why, for people. */
    @Override
    public String toString() {
        return part + ": " + reason;
    }
}
