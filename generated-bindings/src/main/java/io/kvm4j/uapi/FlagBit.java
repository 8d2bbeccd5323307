package io.kvm4j.uapi;

/** One flag: a constant of a generated flag enum. */
public interface FlagBit {
    /** The value of the macro: the bit, or bits, that the flag takes. */
    long mask();

    /** The C name of the macro. */
    String name();
}
