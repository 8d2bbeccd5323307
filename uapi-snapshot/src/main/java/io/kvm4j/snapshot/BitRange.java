package io.kvm4j.snapshot;

/**
 * The bits of a storage unit that a bit-field takes.
 *
 * @param shift the position of the lowest bit, 0 being the least significant of the storage unit
 * @param width the number of bits; 0 for a member that is no bit-field
 */
public record BitRange(int shift, int width) {
    /** For members that are no bit-fields. */
    public static final BitRange NONE = new BitRange(0, 0);

    /** Whether the member is a bit-field. */
    public boolean isBitField() {
        return width > 0;
    }
}
