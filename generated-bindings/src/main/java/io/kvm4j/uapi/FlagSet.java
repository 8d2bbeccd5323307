package io.kvm4j.uapi;

/**
 * A set of flags as a number holds it, with the bits that have no name. Generated sets are immutable; two are equal if
 * their bits are.
 *
 * @param <F> the flags
 */
public interface FlagSet<F extends FlagBit> {
    /** The flags as a number, zero-extended. */
    long bits();

    /** Every flag that has a name. */
    F[] known();

    /** Whether the flag is in the set. */
    default boolean contains(F flag) {
        return (bits() & flag.mask()) == flag.mask();
    }

    /** Whether no bit is set, named or not. */
    default boolean isEmpty() {
        return bits() == 0;
    }

    /** The bits that have no name. */
    default long unknownBits() {
        return bits() & ~union(known());
    }

    /**
     * The flags as a field of 1, 2 or 4 bytes takes them.
     *
     * @param field the field, for the message
     * @param bytes its size
     * @throws IllegalArgumentException if a bit is set that the field does not have
     */
    default int bitsWithin(String field, int bytes) {
        if (bits() >>> (bytes * Byte.SIZE) != 0) {
            throw new IllegalArgumentException(
                    "%s has %d bits, too few for %s".formatted(field, bytes * Byte.SIZE, this));
        }
        return (int) bits();
    }

    /** The bits of some flags together. */
    static long union(FlagBit... flags) {
        long bits = 0;
        for (FlagBit flag : flags) {
            bits |= flag.mask();
        }
        return bits;
    }
}
