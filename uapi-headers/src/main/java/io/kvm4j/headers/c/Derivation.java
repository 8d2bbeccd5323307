package io.kvm4j.headers.c;

/** One step from a base type to a declared one. */
sealed interface Derivation {

    /**
     * A pointer to what follows.
     *
     * @param star the star with its qualifiers, for example {@code *const}
     */
    record Pointer(String star) implements Derivation {}

    /**
     * An array of what follows.
     *
     * @param length the number of elements, 0 if it is left open
     */
    record Array(long length) implements Derivation {}

    /**
     * A function that returns what follows.
     *
     * @param parameters the parameters as they stand in the source, with parentheses
     */
    record Function(String parameters) implements Derivation {}
}
