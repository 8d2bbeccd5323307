package io.kvm4j.uapi;

/** One of the numbers that a group of macros names, or a number of that group's range that none of them names. */
public interface UapiValue {
    /** The number as the kernel uses it. */
    int number();

    /** The name of the macro, or {@code <type>(<number>)} if no macro of these headers has the number. */
    String name();

    /** Whether a macro of these headers has the number. */
    boolean isKnown();

    /**
     * What a field holds that has the number in some of its bits.
     *
     * @param field what the field holds so far
     * @param mask the bits of the number
     * @param shift by how much the number is shifted in the field
     * @throws IllegalArgumentException if the number has other bits
     */
    default long within(long field, long mask, int shift) {
        if ((number() & ~mask) != 0) {
            throw new IllegalArgumentException("%s does not fit into the bits 0x%x".formatted(name(), mask));
        }
        return (field & ~(mask << shift)) | (Integer.toUnsignedLong(number()) << shift);
    }
}
