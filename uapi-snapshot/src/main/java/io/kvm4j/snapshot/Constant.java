package io.kvm4j.snapshot;

import java.math.BigInteger;

/**
 * A macro or enumerator with an integer value.
 *
 * @param name the C name
 * @param header the header that defines it, as an {@code #include} spells it
 * @param value the value as C sees it, never negative if the type is unsigned
 * @param size the size of its C type after integer promotion, 4 or 8 bytes
 * @param signed whether its C type is signed
 */
public record Constant(String name, String header, BigInteger value, int size, boolean signed) {

    /** The C type that the value has in an expression, for example {@code unsigned int}. */
    public String cType() {
        return (signed ? "" : "unsigned ") + (size == 8 ? "long" : "int");
    }
}
